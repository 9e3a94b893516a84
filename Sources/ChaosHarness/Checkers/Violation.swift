/// A promise of the client protocol that was not kept.
public struct Violation: Hashable, Sendable, CustomStringConvertible {
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        /// An acknowledged message is not where the sender was told, or not as he wrote it.
        case lost
        /// A message stands twice in a chat, or was shown twice to a device.
        case doubled
        /// `seq`, `ord` or `time` do not count as they must.
        case gap
        /// A message stands before one that was acknowledged before it was sent.
        case disorder
        /// Two nodes or devices have seen different histories, or a digest is not the chain's.
        case difference
        /// A message stands in a chat that nobody sent.
        case invented
        /// The cluster would not take what it must take.
        case refused
        /// Other arcs moved than had to, or nodes do not know the same ring.
        case ring
        /// Clients were moved faster than was set.
        case pace
    }

    public let kind: Kind
    public let text: String

    public init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }

    public var description: String { "\(kind.rawValue): \(text)" }
}

/// A name made of a number. Arithmetic on it has no meaning; none is offered.
///
/// Shown as a short symbol and the number (`n3`, `u17`, `c4`), so that transcripts line up.
public protocol Identifier: RawRepresentable, Hashable, Comparable, Sendable,
    CustomStringConvertible
where RawValue: FixedWidthInteger & UnsignedInteger & Sendable {
    static var symbol: String { get }
    init(rawValue: RawValue)
}

extension Identifier {
    @inlinable public init(_ rawValue: RawValue) { self.init(rawValue: rawValue) }

    /// From the decimal digits that clients and operators write; nil for anything else.
    public init?(digits: String) {
        guard let rawValue = RawValue(digits), String(rawValue) == digits else { return nil }
        self.init(rawValue: rawValue)
    }

    @inlinable
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    public var digits: String { String(rawValue) }
    public var description: String { "\(Self.symbol)\(rawValue)" }
}

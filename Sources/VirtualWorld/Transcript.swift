import Toolbox

/// What happened in a run: always as a hash, so that two runs of one seed can be compared; as text
/// only when somebody is going to read it.
public struct Transcript: Sendable {
    /// How much text is kept.
    public enum Detail: Sendable {
        case hashOnly
        /// The last lines.
        case tail(Int)
        /// All lines are handed to `print` as they come.
        case everything
    }

    public let detail: Detail
    public private(set) var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
    public private(set) var eventsCount: UInt64 = 0
    private var lines: [String] = []

    public init(detail: Detail) { self.detail = detail }

    /// The kept lines, oldest first.
    public var tail: [String] {
        guard case .tail(let count) = detail else { return lines }
        return Array(lines.suffix(count))
    }

    /// Mixes numbers that must be the same in every run of the seed.
    @inline(__always)
    public mutating func mix(_ first: UInt64, _ second: UInt64) {
        hash = (hash ^ first) &* 0x9FB2_1C65_1E98_DF25
        hash ^= hash >> 29
        hash = (hash ^ second) &* 0xD6E8_FEB8_6659_FD93
        hash ^= hash >> 32
        eventsCount &+= 1
    }

    /// One line for people.
    @inline(__always)
    public mutating func note(_ time: WorldTime, _ text: @autoclosure () -> String) {
        if case .hashOnly = detail { return }
        add("\(time)  \(text())")
    }

    private mutating func add(_ line: String) {
        switch detail {
        case .hashOnly: break
        case .everything: print(line)
        case .tail(let count):
            lines.append(line)
            if lines.count > 2 * count + 64 { lines.removeFirst(lines.count - count) }
        }
    }
}

/// A promise that was broken.
public struct Violation: Hashable, Sendable, CustomStringConvertible {
    /// The checker's name.
    public var checker: String
    public var detail: String

    public init(_ checker: String, _ detail: String) {
        self.checker = checker
        self.detail = detail
    }

    public var description: String { "\(checker): \(detail)" }
}

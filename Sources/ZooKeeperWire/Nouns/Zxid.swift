/// The number of a change: positive, growing with each log entry, the same on every replica.
public struct Zxid: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    public let rawValue: Int64

    @inlinable public init(rawValue: Int64) { self.rawValue = rawValue }
    @inlinable public init(_ rawValue: Int64) { self.rawValue = rawValue }

    /// Before any change, and in replies that know of none.
    public static let zero = Zxid(0)
    /// In a watch event's header when the change is not told.
    public static let untold = Zxid(-1)

    @inlinable
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// As ZooKeeper prints it.
    public var description: String { "0x" + String(UInt64(bitPattern: rawValue), radix: 16) }
}

/// The number that a client gives a request; its reply bears the same.
public struct Xid: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: Int32

    @inlinable public init(rawValue: Int32) { self.rawValue = rawValue }
    @inlinable public init(_ rawValue: Int32) { self.rawValue = rawValue }

    /// A watch event: nobody asked for it.
    public static let notification = Xid(-1)
    public static let ping = Xid(-2)
    public static let auth = Xid(-4)
    public static let setWatches = Xid(-8)

    public var description: String { "x\(rawValue)" }
}

/// Names a session of the coordination service, for ever; 0 is none.
public struct CoordinationSessionID: RawRepresentable, Hashable, Comparable, Sendable,
    CustomStringConvertible
{
    public let rawValue: Int64

    @inlinable public init(rawValue: Int64) { self.rawValue = rawValue }
    @inlinable public init(_ rawValue: Int64) { self.rawValue = rawValue }

    /// Asks for a new session, owns no ephemeral node, and tells that a session is gone.
    public static let none = CoordinationSessionID(0)

    @inlinable
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// As ZooKeeper prints it.
    public var description: String { "0x" + String(UInt64(bitPattern: rawValue), radix: 16) }
}

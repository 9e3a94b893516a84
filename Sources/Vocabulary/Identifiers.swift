// The names of things. Each is a number of its own type, so that no two kinds are ever mixed up.

/// One process of the cluster, as numbered in its configuration.
public struct NodeID: Identifier {
    public static let symbol = "n"
    public let rawValue: UInt16
    @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }
}

/// One replicated state machine and its copies. 0 is reserved for the coordination service.
public struct ReplicaGroupID: Identifier {
    public static let symbol = "g"
    public let rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// One slice of the message space, kept by one replica group.
public struct ShardID: Identifier {
    public static let symbol = "s"
    public let rawValue: UInt16
    @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }
}

/// One of the `Limits.partitionsCount` parts that every replicated state is split into.
public struct PartitionID: Identifier {
    public static let symbol = "p"
    public let rawValue: UInt16
    @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }
}

/// One of the `Limits.arcsCount` equal parts of the ring that users are spread over.
public struct ArcID: Identifier {
    public static let symbol = "a"
    public let rawValue: UInt16
    @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }
}

/// A person with an account.
public struct UserID: Identifier {
    public static let symbol = "u"
    public let rawValue: UInt64
    @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// A conversation of two, or a chat group.
public struct ChatID: Identifier {
    public static let symbol = "c"
    public let rawValue: UInt64
    @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// One of a user's devices; each log-in makes one unless it names one.
public struct DeviceID: Identifier {
    public static let symbol = "d"
    public let rawValue: UInt64
    @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// One attachment of a device to its home.
public struct ClientSessionID: Identifier {
    public static let symbol = "k"
    public let rawValue: UInt64
    @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// One socket of this node, client's or peer's; never used again once closed.
public struct ConnectionID: Identifier {
    public static let symbol = "x"
    public let rawValue: UInt64
    @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// One request that waits for an answer, on the node that made it.
public struct RequestID: Identifier {
    public static let symbol = "r"
    public let rawValue: UInt64
    @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// One version of the ring.
public struct RingEpoch: Identifier {
    public static let symbol = "e"
    public let rawValue: UInt64
    @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// One life of a node's process: a number that no earlier life of it had.
public struct Incarnation: Identifier {
    public static let symbol = "i"
    public let rawValue: UInt64
    @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// One copy of one replicated log on one disk: drawn at random when the copy is made, and never
/// used again. A copy whose disk was wiped or damaged comes back under another one. 0 names none.
public struct ReplicaID: Identifier {
    public static let symbol = "y"
    public let rawValue: UInt64
    @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }

    public static let none = ReplicaID(0)
}

public import Toolbox
public import Vocabulary

/// A rule book that every replica of a group follows: the same commands in the same order lead to
/// the same state everywhere.
///
/// Commands, replies, queries and answers are bytes here, because they live in logs and travel
/// between nodes; each machine's room says what they mean. A machine knows no time of day, no
/// chance, no leader: the log's time is an argument.
public protocol ReplicatedMachine: Sendable {
    /// What an applied command means for the world outside the state.
    associatedtype Effect: Sendable
    /// What `apply` says of a command.
    associatedtype Reply: MachineReply

    /// The empty state.
    init(group: ReplicaGroupID, limits: MachineLimits)

    /// What `apply` will read of `command` that may not be in memory. Replication fetches it first.
    ///
    /// Until history lies on disk, machines keep everything in memory and need nothing.
    func needs(_ command: Bytes) -> [MachineKey]

    /// Carries a committed command out. Total: any bytes lead to a reply; refusals are replies.
    mutating func apply(
        _ command: Bytes, at position: AppliedPosition, into effects: inout [Effect]
    ) -> Reply

    /// Answers a question about the present state. Total, like `apply`.
    func answer(_ query: Bytes) -> Bytes

    /// References to all partitions at this moment; cheap. A worker encodes it.
    var snapshot: any MachineSnapshot { get }

    /// The state that a snapshot's bytes describe.
    init(group: ReplicaGroupID, limits: MachineLimits, restoring bytes: Bytes) throws(DecodeFailure)

    /// A hash over the whole state: equal on replicas that applied the same commands. Slow; for
    /// checks.
    var digest: UInt64 { get }
}

/// A reply to a command; it becomes bytes only where somebody waits for it.
public protocol MachineReply: Sendable {
    func encoded() -> Bytes
}

extension Bytes: MachineReply {
    public func encoded() -> Bytes { self }
}

/// A state held still, to be encoded by a worker while the machine goes on.
public protocol MachineSnapshot: Sendable {
    /// The bytes that `init(restoring:)` reads. Equal states give equal bytes.
    func encode() -> Bytes
}

/// Where in the log a command stands, and what the log's clock says there.
public struct AppliedPosition: Hashable, Sendable {
    public let index: LogIndex
    /// The group's log time: it never goes back.
    public let time: WallTime

    public init(index: LogIndex, time: WallTime) {
        self.index = index
        self.time = time
    }
}

/// One row of history that a command may read.
public struct MachineKey: Hashable, Sendable {
    public let partition: PartitionID
    public let key: Bytes

    public init(partition: PartitionID, key: Bytes) {
        self.partition = partition
        self.key = key
    }
}

/// Bounds that the rules depend on; they must be the same on every replica.
public struct MachineLimits: Hashable, Sendable {
    /// Members of one chat group, creator included.
    public var chatMembersMaximum = Limits.chatMembersMaximum
    public var textScalarsMaximum = Limits.textScalarsMaximum

    public init() {}
}

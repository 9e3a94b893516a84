public import Vocabulary

/// What the disk still knows of a replica when its process starts. All of it is taken as durable.
public struct RaftRecovery: Sendable {
    public var hardState: HardState
    /// The machine's newest durable snapshot; nil if there is none.
    public var snapshot: SnapshotPosition?
    /// As of the snapshot; empty without one.
    public var configuration: RaftConfiguration
    /// Contiguous. Those at or below the snapshot are ignored; the first one after it is
    /// `snapshot.index + 1`, or 1 without a snapshot.
    public var entries: [LogEntry]

    public init(
        hardState: HardState, snapshot: SnapshotPosition?,
        configuration: RaftConfiguration = .empty, entries: [LogEntry]
    ) {
        self.hardState = hardState
        self.snapshot = snapshot
        self.configuration = configuration
        self.entries = entries
    }

    /// Of a replica that starts for the first time.
    public static let empty = RaftRecovery(hardState: .initial, snapshot: nil, entries: [])

    /// Of a replica that starts for the first time in a group whose voters everybody knows, as of
    /// before the first entry.
    public static func founded(_ members: [RaftMember]) -> RaftRecovery {
        RaftRecovery(
            hardState: .initial, snapshot: nil,
            configuration: RaftConfiguration(voters: members), entries: [])
    }
}

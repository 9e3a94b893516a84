public import Vocabulary

/// What the disk still knows of a replica when its process starts. All of it is taken as durable.
public struct RaftRecovery: Sendable {
    public var hardState: HardState
    /// The machine's newest durable snapshot; nil if there is none.
    public var snapshot: SnapshotPosition?
    /// Contiguous. Those at or below the snapshot are ignored; the first one after it is
    /// `snapshot.index + 1`, or 1 without a snapshot.
    public var entries: [LogEntry]

    public init(hardState: HardState, snapshot: SnapshotPosition?, entries: [LogEntry]) {
        self.hardState = hardState
        self.snapshot = snapshot
        self.entries = entries
    }

    /// Of a replica that starts for the first time.
    public static let empty = RaftRecovery(hardState: .initial, snapshot: nil, entries: [])
}

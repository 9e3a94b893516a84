import Raft
import ReplicatedState
import Toolbox
import Vocabulary

/// A replica's snapshots: the one it keeps, those on their way to followers, the one it receives.
struct SnapshotState<Machine: ReplicatedMachine>: Sendable {
    /// Log bytes and entries applied since the last snapshot that was begun.
    var bytesSince = 0
    var entriesSince = 0
    /// How large the last one was.
    var lastBytes = 0
    /// One is being encoded or saved.
    var isKeeping = false
    /// Of a leader; whoever leads next starts anew.
    var transfers: SortedMap<NodeID, Transfer> = SortedMap()
    var arrival: Arrival?

    struct Transfer: Sendable {
        var position: SnapshotPosition
        var body: Bytes
        var offset: Int
    }

    /// A snapshot that comes in, and once it is whole, the state it stands for.
    struct Arrival: Sendable {
        var from: NodeID
        var position: SnapshotPosition
        var totalBytes: Int
        var received: ByteWriter
        var restored: Restored?
        /// The log has been told of it; until that is durable, nothing else may happen to the log.
        var isRecorded = false
    }

    struct Restored: Sendable {
        var machine: Machine
        var logTime: WallTime
        var bytes: Int
    }
}

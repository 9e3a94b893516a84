import Raft
import ReplicatedState
import Toolbox
import Vocabulary

/// A replica's snapshots: the one it keeps, the one it offers, those on their way to followers, the
/// one it receives.
struct SnapshotState<Machine: ReplicatedMachine>: Sendable {
    /// Log bytes and entries applied since the last snapshot that was begun.
    var bytesSince = 0
    var entriesSince = 0
    /// How large the last one was.
    var lastBytes = 0
    /// One is being encoded or saved.
    var isKeeping = false
    /// Of a leader; whoever leads next starts anew.
    var transfers: SortedMap<RaftMember, Transfer> = SortedMap()
    /// What followers get; kept a while after, so that one whose link broke can go on.
    var offer: Offer?
    /// The position of the offer that a worker encodes.
    var encoding: SnapshotPosition?
    var arrival: Arrival?

    /// encoding ──▶ queued(offset) ◀──▶ sent(offset), until done, refused or too late
    struct Transfer: Sendable {
        enum Phase: Sendable {
            case encoding
            /// The next part waits for the node's leave.
            case queued(offset: Int)
            /// The follower has to answer.
            case sent(offset: Int, patience: Instant)
        }

        var position: SnapshotPosition
        var phase: Phase
        /// How often in a row the follower asked for what it had been sent.
        var repeats = 0
    }

    struct Offer: Sendable {
        var position: SnapshotPosition
        var stream: SnapshotStream
        var lastUse: Instant
    }

    /// A snapshot that comes in, and once it is whole, the state it stands for.
    struct Arrival: Sendable {
        var from: RaftMember
        var position: SnapshotPosition
        var totalBytes: UInt64
        var checksum: UInt32
        var received = ByteWriter()
        /// Over `received`.
        var sum: UInt32 = 0
        var lastPart: Instant
        var restored: Restored?
        /// The log has been told of it; until that is durable, nothing else may happen to the log.
        var isRecorded = false

        /// Whether the part is one of this snapshot, whoever sends it.
        func isOf(_ part: SnapshotPart) -> Bool {
            position == part.position && totalBytes == part.totalBytes
                && checksum == part.checksum
        }
    }

    struct Restored: Sendable {
        var machine: Machine
        var logTime: WallTime
        var configuration: RaftConfiguration
        var bytes: Int
    }

    /// When a transfer has waited too long for its follower.
    var nextDeadline: Instant? {
        var earliest: Instant?
        for transfer in transfers.values {
            guard case .sent(_, let patience) = transfer.phase else { continue }
            earliest = earliest.map { min($0, patience) } ?? patience
        }
        return earliest
    }
}

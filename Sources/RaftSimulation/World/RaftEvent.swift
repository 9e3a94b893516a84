import Raft
import Vocabulary

/// Something that is due in a run.
enum RaftEvent: Sendable {
    case message(RaftEnvelope)
    case parcel(SnapshotParcel)
    /// A deadline of a host's instance may be reached.
    case wake(host: Int, life: UInt32)
    /// The running sync of a host is over.
    case synced(host: Int, life: UInt32)
    /// The connection of `host` to `peer` broke; `refused`: nobody listens there any more.
    case connectionLost(host: Int, peer: Int, refused: Bool)
    case start(host: Int)
    case request(ClientRequest, host: Int)
    case answer(ClientAnswer)
    /// A client begins its next operation, or gives up waiting for the answer to number
    /// `operation`.
    case client(Int, operation: UInt32)
    case fault
    /// An operator, or a storm, wants the lead to move.
    case transfer
    /// The end of a fault: its position in the list of those that last.
    case relief(Int)
    case sweep
}

/// A message on its way.
struct RaftEnvelope: Sendable {
    let from: Int32
    let to: Int32
    let fromReplica: ReplicaID
    let toReplica: ReplicaID
    /// The life of the receiver that it is meant for; 0 for any.
    let toLife: UInt32
    let message: RaftMessage
}

/// A part of a snapshot on its way, or the answer to one.
struct SnapshotParcel: Sendable {
    enum Kind: Sendable {
        /// Number `part` of `parts`; the last one brings the state.
        case part(SavedSnapshot, part: Int, parts: Int)
        /// So many parts have come.
        case took(Int)
        /// The receiver has all that the snapshot holds durable, or can not use it.
        case done(succeeded: Bool)
    }

    let from: Int
    let to: Int
    /// Which copies sent it and are meant by it.
    let fromReplica: ReplicaID
    let toReplica: ReplicaID
    let toLife: UInt32
    let position: SnapshotPosition
    let kind: Kind
}

/// What a client asks of a host.
struct ClientRequest: Sendable {
    let client: Int
    let operation: UInt32
    /// A read asks; a write brings this many proposals, all but the last of nobody's interest.
    let kind: OperationKind
}

enum OperationKind: Hashable, Sendable {
    case write(count: Int)
    case read
}

struct ClientAnswer: Sendable {
    enum Outcome: Sendable {
        /// The write took effect at this index, or the read saw everything up to it.
        case done(at: LogIndex)
        /// Not here; `leader` may know.
        case refused(leader: Int?)
    }

    let client: Int
    let operation: UInt32
    let outcome: Outcome
}

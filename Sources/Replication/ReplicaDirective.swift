public import LogStorage
public import Raft
public import ReplicatedState
public import Toolbox
public import Vocabulary

/// What a replica wants done, in array order.
public enum ReplicaDirective: Sendable {
    /// For the node's write-ahead log.
    case record(WriteAheadLogRecord)
    /// Report with `recordsDidPersist` once everything recorded so far is durable.
    case awaitDurability(AwaitedRecords)
    /// A `ReplicaLetter` with a Raft message; may be lost.
    case send(Bytes, to: RaftMember)
    /// A part of a snapshot of so many bytes could leave; answer with `partAllowed` when it may.
    case wantPart(bytes: Int, to: RaftMember)
    /// A part of a snapshot; in order, or the link breaks.
    case sendPart(SnapshotPart, to: RaftMember)
    /// What the receiver says of parts.
    case sendPartResult(SnapshotPartResult, to: RaftMember)
    case reply(Requester, ReplicaReply)
    /// A worker encodes the state; the bytes come back with `snapshotEncoded`.
    case encode(SnapshotPurpose, any MachineSnapshot)
    /// Make a snapshot file; report with `snapshotSaved`.
    case save(SnapshotMaterial)
    case observe(RaftObservation)
    /// A snapshot from a peer, or its parts, made no sense.
    case observeSnapshotFailure(from: RaftMember, DecodeFailure)
}

/// What waits for records to be durable.
public enum AwaitedRecords: Hashable, Sendable {
    case write(WriteToken)
    /// This node's own snapshot is recorded.
    case kept(SnapshotPosition)
    /// A received one is, and may take the state's place.
    case arrived(SnapshotPosition)
}

/// Who waits for a reply: a request's number on the node that made it.
public struct Requester: Hashable, Sendable {
    public var node: NodeID
    public var request: RequestID

    public init(node: NodeID, request: RequestID) {
        self.node = node
        self.request = request
    }
}

public enum ReplicaReply: Hashable, Sendable {
    /// The machine's reply to a command, or its answer to a query.
    case done(Bytes)
    case notLeader(leader: NodeID?)
    case overloaded
    /// The command stood in the log, and another entry was committed in its place: it did not
    /// happen and never will.
    case lost
    /// A snapshot took the place of the log where the command stood.
    case unknown
}

/// Why a state is being encoded.
public enum SnapshotPurpose: Hashable, Sendable {
    /// To keep it, so that the log before it may go.
    case keep(SnapshotPosition)
    /// For followers whose next entry is gone from the log.
    case transfer(SnapshotPosition)
}

/// All that a snapshot file holds.
public struct SnapshotMaterial: Hashable, Sendable {
    public enum Origin: Hashable, Sendable { case own, received(from: RaftMember) }

    public var group: ReplicaGroupID
    public var position: SnapshotPosition
    public var origin: Origin
    /// The group's configuration as of `position`.
    public var configuration: RaftConfiguration
    /// The log's time at `position`, then the machine's bytes.
    public var body: Bytes

    public init(
        group: ReplicaGroupID, position: SnapshotPosition, origin: Origin,
        configuration: RaftConfiguration, body: Bytes
    ) {
        self.group = group
        self.position = position
        self.origin = origin
        self.configuration = configuration
        self.body = body
    }
}

public struct ReplicaSettings: Sendable {
    public var raft = RaftSettings()
    /// A snapshot is made when the log since the last one is larger than this and than that one.
    public var snapshotLogBytes = 16 << 20
    /// And at the latest after so many entries; a bound for recovery's time.
    public var snapshotLogEntries = 1_000_000
    /// Entries kept behind a snapshot for followers that are a little late.
    public var keptEntries = 4_096
    /// Bytes of one part of a snapshot on its way to a follower.
    public var snapshotPartBytes = 256 << 10
    /// Bytes of snapshots that a node sends in a second, over all its groups; 0 for no bound. Less
    /// leaves more of the network to messages, and a follower behind for longer.
    public var snapshotBytesPerSecondMaximum = 64 << 20
    /// A follower that has not answered a part for so long is given up, until Raft tries again. It
    /// must be able to restore and save a whole snapshot meanwhile.
    public var snapshotAnswerTimeout: Duration = .seconds(30)
    /// How long an offered snapshot, and the parts of one that stopped coming, are kept so that a
    /// transfer can go on where it was.
    public var snapshotResumeTimeout: Duration = .seconds(60)
    #if PLANTED_FAULTS
        /// A fault to commit on purpose, for tests of the tests.
        public var plantedFault: PlantedReplicationFault?
    #endif

    public init() {
        // Whoever proposed or reads is answered by the leader: followers need not know at once.
        raft.commitNoticeDelay = .milliseconds(10)
    }
}

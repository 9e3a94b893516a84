public import LogStorage
public import Raft
public import Toolbox
public import Vocabulary

/// What happened to a replica, for whoever drives replicas of several machines alike.
public enum ReplicaEvent: Sendable {
    /// `to` is the copy that it was sent to, `.none` if to whichever is here.
    case received(RaftMessage, from: RaftMember, to: ReplicaID)
    case receivedPart(SnapshotPart, from: RaftMember, to: ReplicaID)
    case receivedPartResult(SnapshotPartResult, from: RaftMember, to: ReplicaID)
    /// The part that was wanted for the member may leave.
    case partAllowed(to: RaftMember)
    case timeAdvanced
    case turnEnded(clock: WallTime)
    case recordsPersisted(AwaitedRecords)
    case snapshotEncoded(Bytes, SnapshotPurpose)
    case snapshotSaved(SnapshotMaterial, as: FileName)
    case peerUnreachable(NodeID)
    case peerRefused(NodeID)
    case bulkLinkLost(NodeID)
    /// The write-ahead log would like to let go of what this replica holds on to.
    case snapshotWanted
}

extension ReplicaInstance {
    public mutating func handle(
        _ event: ReplicaEvent, at now: Instant, into directives: inout [ReplicaDirective]
    ) {
        switch event {
        case .received(let message, let member, let replica):
            receive(message, from: member, to: replica, at: now, into: &directives)
        case .receivedPart(let part, let member, let replica):
            guard replica == raft.identity.replica else { return }
            receive(part, from: member, at: now, into: &directives)
        case .partAllowed(let member): sendPart(to: member, at: now, into: &directives)
        case .receivedPartResult(let result, let member, let replica):
            guard replica == raft.identity.replica else { return }
            receive(result, from: member, at: now, into: &directives)
        case .timeAdvanced: timeDidAdvance(to: now, into: &directives)
        case .turnEnded(let clock): endTurn(clock: clock, at: now, into: &directives)
        case .recordsPersisted(let awaited):
            recordsDidPersist(awaited, at: now, into: &directives)
        case .snapshotEncoded(let bytes, let purpose):
            snapshotEncoded(bytes, purpose, at: now, into: &directives)
        case .snapshotSaved(let material, let file):
            snapshotSaved(material, as: file, into: &directives)
        case .peerUnreachable(let node): peerBecameUnreachable(node, at: now, into: &directives)
        case .peerRefused(let node): peerRefusedConnection(node, at: now, into: &directives)
        case .bulkLinkLost(let node): bulkLinkLost(to: node, at: now, into: &directives)
        case .snapshotWanted: keepSnapshot(into: &directives)
        }
    }
}

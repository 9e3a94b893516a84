public import LogStorage
public import Raft
public import Toolbox
public import Vocabulary

/// What happened to a replica, for whoever drives replicas of several machines alike.
public enum ReplicaEvent: Sendable {
    case received(RaftMessage, from: NodeID)
    case receivedPart(SnapshotPart, from: NodeID)
    case receivedPartResult(SnapshotPartResult, from: NodeID)
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
        case .received(let message, let node):
            receive(message, from: node, at: now, into: &directives)
        case .receivedPart(let part, let node):
            receive(part, from: node, at: now, into: &directives)
        case .receivedPartResult(let result, let node):
            receive(result, from: node, at: now, into: &directives)
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

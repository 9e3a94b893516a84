public import Controller
public import CoordinationService
public import LogStorage
public import Peering
public import Raft
public import Toolbox
public import Vocabulary
public import ZooKeeperWire

/// What operators may want to read. Only the shell prints.
public enum Observation: Hashable, Sendable {
    case started(NodeID, Incarnation)
    /// What was being written when the node stopped last was cut off.
    case tornTailCut(FileName, offset: Int)
    /// The system refused to read a file, or a part of it.
    case unreadable(FileName, ReadFailure)
    /// What the disk knew of a group at the start.
    case recovered(ReplicaGroupID, term: Term, snapshot: LogIndex?, last: LogIndex)
    case raft(ReplicaGroupID, RaftObservation)
    case peering(PeeringObservation)
    case snapshotKept(ReplicaGroupID, LogIndex, bytes: Int)
    case snapshotRefused(ReplicaGroupID, from: NodeID, DecodeFailure)
    /// A peer's section that does not decode; it was dropped.
    case nonsense(from: NodeID, what: String)
    /// This node's wall clock is more than 5 s off the median of all nodes' clocks.
    case clockOff(milliseconds: Int64)
    /// A change of members that its shard refuses; it is tried again.
    case outboxStuck(ChatID, version: UInt64, what: String)
    /// A copy begins here, empty.
    case copyMade(ReplicaGroupID, ReplicaID)
    /// The group goes on without this node.
    case copyRemoved(ReplicaGroupID, ReplicaID)
    /// Bytes on the disk are not what was written. Copies that it may have made forget something
    /// came back under new ids, and their groups take them in again by themselves.
    case damaged(LogDamage)
    /// A snapshot is no state of this version; an empty copy takes its place.
    case snapshotUnusable(ReplicaGroupID, FileName, DecodeFailure)
    case coordination(CoordinationServiceObservation)
    /// What the cluster's controller, here, has noticed.
    case controller(ControllerObservation)
    /// The controller asks for a change of the tables.
    case controllerChanges(ControllerChange.Reason)
    /// A table that cannot be read; the last good one stays in force.
    case tableUndecodable(ZnodePath, DecodeFailure)
    case ringFollowed(RingEpoch, arcsHere: Int)
    /// Nobody is served until the node is certain again that it is registered.
    case fenced
    case unfenced
    case stopping
}

extension Observation: CustomStringConvertible {
    public var description: String {
        switch self {
        case .started(let node, let incarnation): "\(node) started, incarnation \(incarnation)"
        case .tornTailCut(let file, let offset): "cut a torn tail off \(file) at \(offset)"
        case .unreadable(let file, let failure):
            "cannot read \(file) at \(failure.offset): error \(failure.code)"
        case .recovered(let group, let term, let snapshot, let last):
            "\(group) recovered \(term), \(snapshot.map { "snapshot \($0), " } ?? "")log to \(last)"
        case .raft(let group, let observation): "\(group) \(observation)"
        case .peering(let observation): "peers: \(observation)"
        case .snapshotKept(let group, let index, let bytes):
            "\(group) keeps a snapshot at \(index), \(bytes) bytes"
        case .snapshotRefused(let group, let node, let failure):
            "\(group) refuses a snapshot from \(node): \(failure)"
        case .nonsense(let node, let what): "\(node) sent nonsense: \(what)"
        case .clockOff(let milliseconds): "this clock is \(milliseconds) ms ahead of the median"
        case .outboxStuck(let chat, let version, let what):
            "change \(version) of \(chat) is stuck: \(what)"
        case .copyMade(let group, let replica): "\(group) has a copy here now, \(replica)"
        case .copyRemoved(let group, let replica): "\(group) has no copy here any more, \(replica)"
        case .damaged(let damage): "\(damage)"
        case .snapshotUnusable(let group, let file, let failure):
            "\(group) starts over without \(file): no state of this version: \(failure)"
        case .coordination(let observation): "coordination: \(observation)"
        case .controller(let observation): "controller: \(observation)"
        case .controllerChanges(let reason): "controller: \(reason)"
        case .tableUndecodable(let path, let failure):
            "\(path) does not decode, what it said before goes on: \(failure)"
        case .ringFollowed(let epoch, let arcs): "follows ring \(epoch), \(arcs) arcs are here"
        case .fenced: "not certain to be a member any more: serves nobody"
        case .unfenced: "a member of the cluster: serves clients"
        case .stopping: "stopping"
        }
    }
}

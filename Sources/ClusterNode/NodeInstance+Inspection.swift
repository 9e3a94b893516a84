public import Coordination
import CoordinationService
import Gateway
import Peering
import Routing
import Toolbox
public import Raft
import Replication
public import Vocabulary

/// For whoever checks a node from outside: the simulator.
extension NodeInstance {
    /// The groups that this node has a replica of, ascending.
    public var groups: [ReplicaGroupID] { replicas.groups }

    /// Shows each replica's Raft, in order of groups.
    public func forEachReplica(_ body: (RaftInstance) -> Void) {
        if let coordination = replicas.coordination { body(coordination.raft) }
        if let membership = replicas.membership { body(membership.raft) }
        for replica in replicas.messages { body(replica.raft) }
    }

    /// Shows the copy of the coordination tree, if there is one, and the log that it follows.
    public func withCoordination(_ body: (RaftInstance, CoordinationMachine) -> Void) {
        guard let replica = replicas.coordination else { return }
        body(replica.raft, replica.machine)
    }

    /// Sessions of users whose home is here.
    public var guestsCount: Int { gateway.counters.attachments }

    /// The last entry that the group's machine has seen.
    public func applied(of group: ReplicaGroupID) -> LogIndex { replicas.applied(of: group) }

    /// A hash over the whole state of the group's machine; slow.
    public func digest(of group: ReplicaGroupID) -> UInt64 { replicas.digest(of: group) }
}

extension NodeInstance {
    /// For people: which part of the node asks to be called when.
    public var deadlines: String {
        var parts: [(String, Instant?)] = [
            ("peering", peering.nextDeadline), ("replicas", replicas.nextDeadline),
            ("snapshots", pace.nextDeadline), ("router", router.nextDeadline),
            ("gateway", gateway.nextDeadline),
            ("coordination", coordination?.service.nextDeadline),
            ("marks", marks.nextDeadline), ("outbox", courier.nextDeadline),
            ("stop", nextStopDeadline), ("leaderships", keeper.nextCheck),
            ("changes", changes.nextDeadline),
            ("inquiries", inquiries.nextDeadline),
        ]
        for (group, subscription) in subscriptions {
            parts.append(("subscription to \(group)", subscription.nextDeadline))
        }
        for (group, publisher) in publishers {
            parts.append(("stream of \(group)", publisher.nextDeadline))
        }
        return parts.compactMap { name, deadline in deadline.map { "\(name) \($0)" } }
            .joined(separator: ", ")
    }
}

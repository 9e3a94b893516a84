public import Raft
import Toolbox
public import Vocabulary

/// Who has a share in the group, and who leads it.
extension ReplicaInstance {
    public mutating func change(
        _ change: MembershipChange, at now: Instant, into directives: inout [ReplicaDirective]
    ) -> MembershipOutcome {
        let outcome = raft.change(change, at: now, into: &raftDirectives)
        translate(at: now, into: &directives)
        return outcome
    }

    public mutating func transferLeadership(
        to node: NodeID, at now: Instant, into directives: inout [ReplicaDirective]
    ) -> TransferOutcome {
        let outcome = raft.transferLeadership(to: node, at: now, into: &raftDirectives)
        translate(at: now, into: &directives)
        return outcome
    }

    public mutating func setPriority(_ priority: UInt8) { raft.setPriority(priority) }

    /// The copy is about to go: all who wait here learn that nobody knows what becomes of it.
    public mutating func abandon(into directives: inout [ReplicaDirective]) {
        while let waiting = pending.removeFirst() {
            directives.append(.reply(waiting.requester, .unknown))
        }
        for query in reads.takeAll() + queuedQueries + queuedCommands {
            directives.append(.reply(query.requester, .notLeader(leader: raft.leader)))
        }
        queuedQueries = []
        queuedCommands = []
    }
}

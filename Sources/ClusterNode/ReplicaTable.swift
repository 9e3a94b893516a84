import Coordination
import LogStorage
import Membership
import Messages
import Raft
import ReplicatedState
import Replication
import Toolbox
import Vocabulary

/// The replicas that live on this node, of either machine.
///
/// Each is changed where it stands: taking one out to put it back would copy its state.
struct ReplicaTable: Sendable {
    private enum Slot: Sendable {
        case coordination
        case membership
        case messages(Int)
    }

    var coordination: ReplicaInstance<CoordinationMachine>?
    var membership: ReplicaInstance<MembershipMachine>?
    private(set) var messages: [ReplicaInstance<MessageMachine>] = []
    private var slots: SortedMap<ReplicaGroupID, Slot> = SortedMap()

    var groups: [ReplicaGroupID] { slots.keys }

    mutating func add(_ replica: ReplicaInstance<CoordinationMachine>) {
        slots[replica.group] = .coordination
        coordination = replica
    }

    mutating func add(_ replica: ReplicaInstance<MembershipMachine>) {
        slots[replica.group] = .membership
        membership = replica
    }

    mutating func add(_ replica: ReplicaInstance<MessageMachine>) {
        let place = messages.firstIndex { $0.group > replica.group } ?? messages.count
        messages.insert(replica, at: place)
        renumber()
    }

    mutating func remove(_ group: ReplicaGroupID) {
        switch slots.removeValue(forKey: group) {
        case .coordination: coordination = nil
        case .membership: membership = nil
        case .messages(let index):
            messages.remove(at: index)
            renumber()
        case nil: break
        }
    }

    private mutating func renumber() {
        for (index, replica) in messages.enumerated() { slots[replica.group] = .messages(index) }
    }

    #if PLANTED_FAULTS
        mutating func plant(_ settings: NodeSettings) {
            let raft = settings.plantedRaftFault
            coordination?.plant(raft) { $0.plantedFault = settings.plantedCoordinationFault }
            membership?.plant(raft) { _ in }
            for index in messages.indices {
                messages[index].plant(raft) { $0.plantedFault = settings.plantedMessageFault }
            }
        }
    #endif

    // MARK: Looking

    func raft(of group: ReplicaGroupID) -> RaftInstance? {
        switch slots[group] {
        case .coordination: coordination?.raft
        case .membership: membership?.raft
        case .messages(let index): messages[index].raft
        case nil: nil
        }
    }

    func isLeader(of group: ReplicaGroupID) -> Bool {
        switch slots[group] {
        case .coordination: coordination?.isLeader ?? false
        case .membership: membership?.isLeader ?? false
        case .messages(let index): messages.span[index].isLeader
        case nil: false
        }
    }

    func leader(of group: ReplicaGroupID) -> NodeID? {
        switch slots[group] {
        case .coordination: coordination?.leader
        case .membership: membership?.leader
        case .messages(let index): messages.span[index].leader
        case nil: nil
        }
    }

    func applied(of group: ReplicaGroupID) -> LogIndex {
        switch slots[group] {
        case .coordination: coordination?.applied ?? .zero
        case .membership: membership?.applied ?? .zero
        case .messages(let index): messages.span[index].applied
        case nil: .zero
        }
    }

    func digest(of group: ReplicaGroupID) -> UInt64 {
        switch slots[group] {
        case .coordination: coordination?.machine.digest ?? 0
        case .membership: membership?.machine.digest ?? 0
        case .messages(let index): messages[index].machine.digest
        case nil: 0
        }
    }

    func has(_ group: ReplicaGroupID) -> Bool { slots[group] != nil }

    var nextDeadline: Instant? {
        var earliest = membership?.nextDeadline
        if let deadline = coordination?.nextDeadline {
            earliest = earliest.map { min($0, deadline) } ?? deadline
        }
        // Through the span: an element taken out of an array is a copy of all that it refers to.
        let replicas = messages.span
        for index in replicas.indices {
            guard let deadline = replicas[index].nextDeadline else { continue }
            earliest = earliest.map { min($0, deadline) } ?? deadline
        }
        return earliest
    }

    /// The state's answer as it is here and now; for what need not be linearizable.
    func answer(_ query: Bytes, of group: ReplicaGroupID) -> Bytes? {
        switch slots[group] {
        case .coordination: coordination?.machine.answer(query)
        case .membership: membership?.machine.answer(query)
        case .messages(let index): messages[index].machine.answer(query)
        case nil: nil
        }
    }

    /// Looks at a message group's state where it stands.
    func look<Result>(
        at group: ReplicaGroupID, _ body: (borrowing MessageMachine) -> Result
    ) -> Result? {
        guard case .messages(let index)? = slots[group] else { return nil }
        return body(messages.span[index].machine)
    }

    /// Whether the end of a turn means anything to the replica.
    func hasQueued(in group: ReplicaGroupID) -> Bool {
        switch slots[group] {
        case .coordination: coordination?.hasQueued ?? false
        case .membership: membership?.hasQueued ?? false
        case .messages(let index): messages.span[index].hasQueued
        case nil: false
        }
    }

    // MARK: Driving

    mutating func takeMessageEffects(
        of group: ReplicaGroupID
    ) -> [AppliedEffect<MessageNews>] {
        guard case .messages(let index)? = slots[group] else { return [] }
        return messages[index].takeEffects()
    }

    mutating func takeMembershipEffects(
        of group: ReplicaGroupID
    ) -> [AppliedEffect<MembershipEffect>] {
        guard case .membership? = slots[group] else { return [] }
        return membership?.takeEffects() ?? []
    }

    mutating func propose(_ command: Bytes, for requester: Requester, in group: ReplicaGroupID) {
        switch slots[group] {
        case .coordination:
            // Clients are answered, and the leader's own work seen to be done, by the effects.
            let needsReply = !CoordinationDesk.isProposal(requester.request)
            coordination?.propose(command, for: requester, needsReply: needsReply)
        case .membership: membership?.propose(command, for: requester)
        case .messages(let index): messages[index].propose(command, for: requester)
        case nil: break
        }
    }

    mutating func ask(_ query: Bytes, for requester: Requester, in group: ReplicaGroupID) {
        switch slots[group] {
        case .coordination: coordination?.ask(query, for: requester)
        case .membership: membership?.ask(query, for: requester)
        case .messages(let index): messages[index].ask(query, for: requester)
        case nil: break
        }
    }

    mutating func change(
        _ group: ReplicaGroupID, _ change: Raft.MembershipChange, at now: Instant,
        into directives: inout [ReplicaDirective]
    ) -> MembershipOutcome {
        switch slots[group] {
        case .coordination:
            coordination?.change(change, at: now, into: &directives)
                ?? .refused(.notLeader(leader: nil))
        case .membership:
            membership?.change(change, at: now, into: &directives)
                ?? .refused(.notLeader(leader: nil))
        case .messages(let index): messages[index].change(change, at: now, into: &directives)
        case nil: .refused(.notLeader(leader: nil))
        }
    }

    mutating func transferLeadership(
        of group: ReplicaGroupID, to node: NodeID, at now: Instant,
        into directives: inout [ReplicaDirective]
    ) -> TransferOutcome {
        switch slots[group] {
        case .coordination:
            coordination?.transferLeadership(to: node, at: now, into: &directives)
                ?? .refused(.notLeader(leader: nil))
        case .membership:
            membership?.transferLeadership(to: node, at: now, into: &directives)
                ?? .refused(.notLeader(leader: nil))
        case .messages(let index):
            messages[index].transferLeadership(to: node, at: now, into: &directives)
        case nil: .refused(.notLeader(leader: nil))
        }
    }

    /// All who wait at the group's copy are answered; it is about to be removed.
    mutating func abandon(_ group: ReplicaGroupID, into directives: inout [ReplicaDirective]) {
        switch slots[group] {
        case .coordination: coordination?.abandon(into: &directives)
        case .membership: membership?.abandon(into: &directives)
        case .messages(let index): messages[index].abandon(into: &directives)
        case nil: break
        }
    }

    /// Hands one event to one replica.
    mutating func handle(
        _ event: ReplicaEvent, in group: ReplicaGroupID, at now: Instant,
        into directives: inout [ReplicaDirective]
    ) {
        switch slots[group] {
        case .coordination: coordination?.handle(event, at: now, into: &directives)
        case .membership: membership?.handle(event, at: now, into: &directives)
        case .messages(let index): messages[index].handle(event, at: now, into: &directives)
        case nil: break
        }
    }
}

import AdminWire
import Raft
import Toolbox
import Vocabulary

/// Operators' changes of groups that have begun and are not answered yet.
struct GroupChangeDesk: Sendable {
    /// From the request to the answer at the latest; clusterctl waits a little longer.
    static let patience: Duration = .seconds(10)

    enum Phase: Hashable, Sendable {
        /// The node that is to be a learner has to make a copy first.
        case awaitsCopy
        /// The configuration with it has to be committed.
        case awaitsCommit
        /// The new leader has to be heard.
        case awaitsLeader
    }

    struct Pending: Sendable {
        var connection: ConnectionID
        var group: ReplicaGroupID
        var change: GroupChange
        var phase: Phase
        var deadline: Instant
    }

    private(set) var pending: [Pending] = []

    mutating func wait(
        _ connection: ConnectionID, _ group: ReplicaGroupID, _ change: GroupChange, _ phase: Phase,
        at now: Instant
    ) {
        pending.append(
            Pending(
                connection: connection, group: group, change: change, phase: phase,
                deadline: now + Self.patience))
    }

    var nextDeadline: Instant? { pending.map(\.deadline).min() }

    /// Takes those out that `isOver`.
    mutating func take(where isOver: (Pending) -> Bool) -> [Pending] {
        guard pending.contains(where: isOver) else { return [] }
        let taken = pending.filter(isOver)
        pending.removeAll(where: isOver)
        return taken
    }
}

extension GroupChange {
    /// Whether a configuration is what was wanted.
    func isDone(in configuration: RaftConfiguration) -> Bool {
        guard !configuration.isJoint else { return false }
        let votes = configuration.voters.contains { $0.node == node }
        let learns = configuration.learners.contains { $0.node == node }
        switch action {
        case .transfer: return false
        case .addLearner: return learns
        case .promote: return votes
        case .demote: return !votes && learns
        case .remove: return !votes && !learns
        }
    }
}

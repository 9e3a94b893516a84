import ClusterNode
import Raft
import Toolbox
public import Vocabulary
import VirtualWorld

/// The rules of Raft, over all replicas of all groups, looked at after each turn of a node and as
/// far as that turn changed something.
public struct RaftChecker: Sendable {
    private var trails: [SortedMap<ReplicaGroupID, ReplicaTrail>]
    private var committed = SortedMap<ReplicaGroupID, CommittedLog>()
    private(set) var elections = ElectionSafety()
    private var logs = LogsMatch()
    private var states = StateMachineSafety()
    var votes = VotesOnce()

    public init(nodes: Int) {
        trails = Array(repeating: SortedMap(), count: nodes)
    }

    /// The last committed entry of each group that anybody has seen.
    var commits: SortedMap<ReplicaGroupID, LogIndex> {
        var commits = SortedMap<ReplicaGroupID, LogIndex>()
        for (group, log) in committed { commits[group] = log.last }
        return commits
    }

    public mutating func processStarted(node: Int) {
        for group in trails[node].keys {
            trails[node].update(group) { $0.forgetProcess() }
        }
    }

    /// What the node's disk held is gone, or part of it: its copies are others now.
    public mutating func forget(node: Int) { trails[node] = SortedMap() }

    /// Looks at all replicas of a node after its turn; as `observe` of one.
    mutating func observe(
        _ instance: inout NodeInstance, on node: Int, into violations: inout [Violation]
    ) -> Bool {
        var isFirst = false
        instance.forEachReplica { replica in
            if observe(replica, on: node, into: &violations) { isFirst = true }
        }
        return isFirst
    }

    /// Looks at one replica after a turn of its node.
    ///
    /// - Returns: whether it is the first to call a further entry committed.
    public mutating func observe(
        _ replica: some ObservedReplica, on node: Int, into violations: inout [Violation]
    ) -> Bool {
        let group = replica.group
        let position = trails[node].lowerBound(of: group)
        if position == trails[node].count || trails[node].keys[position] != group
            || trails[node].values[position].copy != replica.copy
        {
            trails[node][group] = ReplicaTrail(copy: replica.copy)
        } else if trails[node].values[position].isCurrent(replica) {
            return false
        }
        if committed[group] == nil { committed[group] = CommittedLog(group: group) }
        guard var trail = trails[node][group] else { return false }
        trails[node][group] = nil
        defer { trails[node][group] = trail }
        checkOrder(replica, trail, on: node, into: &violations)
        let firstNew = trail.follow(replica) { logs.prefix(group, $0, $1) }
        if let firstNew {
            checkAppendOnly(firstNew, replica, trail, on: node, into: &violations)
            noteEntries(from: firstNew, trail, group, on: node, into: &violations)
        }
        return noteProgress(replica, &trail, on: node, into: &violations)
    }

    private mutating func noteEntries(
        from first: LogIndex, _ trail: ReplicaTrail, _ group: ReplicaGroupID, on node: Int,
        into violations: inout [Violation]
    ) {
        var index = first
        while let mark = trail.mark(at: index) {
            logs.note(mark, at: index, of: group, on: node, into: &violations)
            index = index.next
        }
    }

    private mutating func noteProgress(
        _ replica: some ObservedReplica, _ trail: inout ReplicaTrail, on node: Int,
        into violations: inout [Violation]
    ) -> Bool {
        let group = replica.group
        let isNewReign =
            replica.role == .leader && (trail.role != .leader || trail.term != replica.term)
        trail.role = replica.role
        trail.term = replica.term
        if isNewReign {
            elections.note(leader: node, of: group, in: replica.term, into: &violations)
            committed[group]?.check(leader: node, trail, into: &violations)
        }
        var isFirst = false
        if replica.commitIndex > trail.commit {
            checkOwnTerm(replica, isNewReign: isNewReign, on: node, into: &violations)
            let before = trail.commit
            let (commit, seen) = (replica.commitIndex, trail)
            isFirst =
                committed.update(group) {
                    $0.note(seen, from: before, through: commit, on: node, into: &violations)
                } ?? false
            trail.commit = replica.commitIndex
        }
        trail.applied = replica.appliedIndex
        return isFirst
    }

    /// Term, commit and applied never fall in one process; applied <= commit <= last.
    private func checkOrder(
        _ replica: some ObservedReplica, _ trail: ReplicaTrail, on node: Int,
        into violations: inout [Violation]
    ) {
        let isRising =
            replica.term >= trail.term && replica.commitIndex >= trail.commit
            && replica.appliedIndex >= trail.applied
        let isOrdered =
            replica.appliedIndex <= replica.commitIndex
            && replica.commitIndex <= replica.lastIndex
        if isRising && isOrdered { return }
        violations.append(
            Violation(
                "IndexesAreOrdered",
                "\(replica.group) on n\(node + 1): \(replica.term), applied"
                    + " \(replica.appliedIndex), commit \(replica.commitIndex), last"
                    + " \(replica.lastIndex); before \(trail.term), \(trail.applied),"
                    + " \(trail.commit)"))
    }

    /// A leader's log only grows while it leads.
    private func checkAppendOnly(
        _ firstNew: LogIndex, _ replica: some ObservedReplica, _ trail: ReplicaTrail, on node: Int,
        into violations: inout [Violation]
    ) {
        guard trail.role == .leader, replica.role == .leader, trail.term == replica.term,
            let mark = trail.mark(at: firstNew), mark.term != replica.term
        else { return }
        violations.append(
            Violation(
                "LeaderAppendOnly",
                "n\(node + 1) leads \(replica.group) in \(replica.term) and changed \(firstNew)"))
    }

    /// A leader counts copies of its own term's entries only; those of earlier terms are committed
    /// with them (Raft §5.4.2, Figure 8).
    private func checkOwnTerm(
        _ replica: some ObservedReplica, isNewReign: Bool, on node: Int,
        into violations: inout [Violation]
    ) {
        guard replica.role == .leader, !isNewReign,
            let term = replica.term(at: replica.commitIndex), term != replica.term
        else { return }
        violations.append(
            Violation(
                "OwnTermIsCounted",
                "n\(node + 1), leader of \(replica.group) in \(replica.term), committed"
                    + " \(replica.commitIndex)@\(term) by counting"))
    }

    public mutating func note(
        digest: UInt64, of group: ReplicaGroupID, at applied: LogIndex, on node: Int,
        into violations: inout [Violation]
    ) {
        states.note(digest: digest, of: group, at: applied, on: node, into: &violations)
    }

    /// Whether a log that ends with `entries` holds what was committed at its last index.
    func committedLog(of group: ReplicaGroupID) -> CommittedLog? { committed[group] }

    /// The hash of the log up to an index, as anybody had it.
    func prefix(_ group: ReplicaGroupID, _ index: LogIndex, _ term: Term) -> UInt64? {
        logs.prefix(group, index, term)
    }
}

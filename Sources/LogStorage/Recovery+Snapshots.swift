public import Toolbox
public import Vocabulary

extension Recovery {
    /// Gives up what the log says of `group`, because the file of its snapshot is damaged or
    /// missing: without it the entries that follow mean nothing. The group goes on as a new and
    /// empty copy, with the term that it had. No other group is concerned.
    ///
    /// To be called before anything is appended to the log.
    ///
    /// - Parameters:
    ///   - file: the snapshot's, for the report.
    ///   - random: for the new copy's id.
    /// - Returns: the new copy, as `groups` has it from now on.
    @discardableResult
    public mutating func startOver(
        _ group: ReplicaGroupID, without file: FileName, because what: String,
        random: inout SeededRandom
    ) -> RecoveredGroup {
        let term = max(groups[group]?.term ?? .zero, groups[group]?.snapshot?.term ?? .zero)
        let fresh = RecoveredGroup(replica: ReplicaID(max(1, random.next())), term: term)
        log.append(.replicaCreated(group, fresh.replica))
        log.append(.hardState(group, term: term, vote: nil))
        groups[group] = fresh
        var lost = LogDamage(file, offset: 0, what)
        lost.affected = [group]
        damage.append(lost)
        return fresh
    }
}

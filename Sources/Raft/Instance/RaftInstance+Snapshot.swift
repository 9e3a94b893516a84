import Toolbox
public import Vocabulary

// Snapshots: the machine's own let the log be cut, the leader's replace a log that is too far
// behind (Raft §7). Their bytes are the driver's.
extension RaftInstance {
    /// The machine's snapshot through `position` is durable. The log keeps its entries until
    /// `compact(through:)`; followers that need less than the log holds get it.
    public mutating func snapshotDidSave(
        _ position: SnapshotPosition, at now: Instant, into directives: inout [RaftDirective]
    ) {
        invariant(
            position.index <= appliedIndex,
            "a snapshot at \(position), applied is \(appliedIndex)")
        guard position.index > snapshotPosition?.index ?? .zero else { return }
        snapshotPosition = position
        configurations.forget(before: position.index)
    }

    /// Drops the entries up to `index` from memory, but none that no snapshot covers.
    public mutating func compact(through index: LogIndex) {
        log.dropPrefix(through: min(index, snapshotPosition?.index ?? .zero))
    }

    /// Up to where the log may be cut so that voters that answer, and are at most `entriesMaximum`
    /// entries behind, need no snapshot.
    public func compactionIndex(keeping entriesMaximum: Int) -> LogIndex {
        guard let snapshot = snapshotPosition?.index else { return .zero }
        var index = snapshot
        for follower in followers { index = min(index, follower.match) }
        if !isLeader { index = .zero }
        let keep = UInt64(max(0, entriesMaximum))
        let floor = LogIndex(snapshot.rawValue - min(keep, snapshot.rawValue))
        return max(index, floor)
    }

    /// A received snapshot is durable and its state restored: the log goes on behind it.
    ///
    /// - Parameter configuration: as of `position`, and part of what is durable.
    /// - Returns: false, with nothing changed, if it holds nothing that is not committed here.
    public mutating func installSnapshot(
        _ position: SnapshotPosition, configuration: RaftConfiguration, at now: Instant,
        into directives: inout [RaftDirective]
    ) -> Bool {
        guard position.index > commitIndex else { return false }
        let inForce = configurations.inForce.configuration
        var configuration = configuration
        #if PLANTED_FAULTS
            if plantedFault == .snapshotWithoutConfiguration {
                configuration = configurations.committed.configuration
            }
        #endif
        if log.term(at: position.index) == position.term {
            // The rest of the log follows the snapshot; it stays (Raft Fig. 13, step 6).
            snapshotPosition = position
            log.dropPrefix(through: position.index)
            configurations.rebase(on: configuration, at: position.index)
        } else {
            if log.lastIndex > position.index {
                directives.append(.observe(.truncated(from: position.index.next)))
            }
            log.reset(to: position)
            configurations = ConfigurationStack(base: configuration, at: position.index)
            barrier.entriesWereTruncated(from: position.index.next)
            snapshotPosition = position
        }
        commitIndex = position.index
        appliedIndex = position.index
        if configurations.inForce.configuration != inForce {
            configurationDidChange(at: now, into: &directives)
        }
        noteMembership(in: configuration, into: &directives)
        if let leader = leaderMember, role == .follower {
            let response = RaftMessage.AppendResponse(
                term: term, round: 0, outcome: .matched(position.index))
            sendWhenDurable(.appendResponse(response), to: leader, into: &directives)
        }
        finishStep(at: now, into: &directives)
        return true
    }

    /// The sending that `sendSnapshot` asked for ended; `succeeded` if the follower has all of it
    /// durable.
    public mutating func snapshotSendDidEnd(
        to member: RaftMember, position: SnapshotPosition, succeeded: Bool,
        at now: Instant, into directives: inout [RaftDirective]
    ) {
        guard let place = electorate.position(of: member), place != electorate.ownPosition else {
            return
        }
        leadership?.followers[place].snapshotDidEnd(at: succeeded ? position.index : nil)
        guard leadership != nil else { return }
        sendAppends(to: place, into: &directives)
        finishStep(at: now, into: &directives)
    }
}

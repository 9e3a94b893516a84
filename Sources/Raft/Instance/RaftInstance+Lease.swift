import Toolbox
public import Vocabulary

// Reads without a word to anybody, while no other can lead (thesis §6.4.1).
extension RaftInstance {
    /// The index to answer reads at, if this node is certainly the only leader at `now`; nil if
    /// `requestRead` must find out.
    ///
    /// The caller takes the value that it answers with in the same call, after `now` was read and
    /// before anything else happens to this replica: a lease that is checked first and used later
    /// proves nothing.
    public func leaseReadIndex(at now: Instant) -> LogIndex? {
        guard let leadership, mayTrustCommit else { return nil }
        // Nobody else can be elected.
        if electorate.isOwnOnlyVoter { return appliedIndex }
        guard !isTransferInDoubt(leadership), !isDiskStalled(at: now),
            let start = leaseStart(of: leadership, at: now), now - start < settings.leaseDuration
        else { return nil }
        return appliedIndex
    }

    private var mayTrustCommit: Bool {
        #if PLANTED_FAULTS
            if plantedFault == .readBeforeOwnTermCommits { return role == .leader }
        #endif
        return hasCommittedInTerm
    }

    /// Somebody was told to stand, and may yet.
    private func isTransferInDoubt(_ leadership: Leadership) -> Bool {
        #if PLANTED_FAULTS
            if plantedFault == .leaseKeptDuringTransfer { return false }
        #endif
        return leadership.transfer != nil || !leadership.unreleased.isEmpty
    }

    /// When a round began that a quorum, or both while joint, has confirmed: each of them promised
    /// its vote to nobody else for a while, and not before then.
    private func leaseStart(of leadership: Leadership, at now: Instant) -> Instant? {
        #if PLANTED_FAULTS
            if plantedFault == .leaseFromAnswerTime {
                let own = electorate.ownPosition
                let heard = electorate.reached {
                    UInt64(($0 == own ? now : leadership.followers[$0].lastHeard).nanoseconds)
                }
                return Instant(nanoseconds: Int64(heard))
            }
        #endif
        return leadership.marks.start(
            ofLatestThrough: confirmedRound, after: leadership.leaseFloor)
    }

    // MARK: A leader with a dead disk

    /// A write has waited for more than half of a lease: this leader is about to be useless, and
    /// must not keep others from taking over.
    func isDiskStalled(at now: Instant) -> Bool {
        guard let since = barrier.waitingSince else { return false }
        return now - since > settings.leaseDuration / 2
    }

    /// At each beat; false if this leader has no business to show that it lives.
    mutating func mayLeadOnDisk(
        at now: Instant, into directives: inout [RaftDirective]
    ) -> Bool {
        // Without others there is nobody to make way for.
        guard isDiskStalled(at: now), !electorate.isOwnOnlyVoter else { return true }
        if let since = barrier.waitingSince, now - since >= settings.diskStallTimeout {
            follow(nil, because: .diskStalled, at: now, into: &directives)
        }
        return false
    }
}

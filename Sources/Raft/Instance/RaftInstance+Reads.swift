public import Vocabulary

// Reads that see every write acknowledged before they began, without writing (thesis §6.4).
extension RaftInstance {
    /// Asks for a moment to read at: `readReady` or `readRefused` follows, now or later.
    public mutating func requestRead(
        _ id: RequestID, at now: Instant, into directives: inout [RaftDirective]
    ) {
        guard let waiting = leadership?.reads.count, waiting < settings.readsWaitingMaximum else {
            directives.append(.readRefused([id]))
            return
        }
        leadership?.reads.add(id)
        beginReadRound(at: now, into: &directives)
        finishStep(at: now, into: &directives)
    }

    /// Begins a round for the reads that wait for one, unless enough are on their way.
    mutating func beginReadRound(at now: Instant, into directives: inout [RaftDirective]) {
        guard leadership?.reads.mayBeginRound == true, hasCommittedInTerm else { return }
        beginRound(at: now, into: &directives)
    }

    /// A leader knows what is committed only once an entry of its own term is (Raft §8).
    var hasCommittedInTerm: Bool {
        guard let leadership else { return false }
        return commitIndex >= leadership.firstIndex
    }

    /// Asks all followers to confirm that this node leads. Any answer to this round, or a later
    /// one, was given after it began.
    mutating func beginRound(at now: Instant, into directives: inout [RaftDirective]) {
        guard let round = leadership.map({ $0.round + 1 }) else { return }
        leadership?.round = round
        leadership?.marks.note(round, at: now, spacing: settings.leaseDuration / 12)
        for position in electorate.members.indices where position != electorate.ownPosition {
            guard let follower = leadership?.followers[position] else { return }
            let commit = min(commitIndex, follower.match)
            leadership?.followers[position].didTell(commit: commit)
            let heartbeat = RaftMessage.Heartbeat(term: term, commit: commit, round: round)
            directives.append(.send(.heartbeat(heartbeat), to: electorate.members[position]))
        }
        if hasCommittedInTerm {
            leadership?.reads.roundDidBegin(round, commit: commitIndex)
        }
        answerReads(at: now, into: &directives)
    }

    /// Answers the reads whose round a quorum has confirmed, and begins the next round.
    mutating func answerReads(at now: Instant, into directives: inout [RaftDirective]) {
        guard let count = leadership?.reads.count, count > 0 else { return }
        let confirmed = confirmedRound
        for batch in leadership?.reads.takeConfirmed(through: confirmed) ?? [] {
            directives.append(.readReady(batch.reads, at: batch.index))
        }
        beginReadRound(at: now, into: &directives)
    }

    /// The newest round that a quorum, this node included, has confirmed.
    var confirmedRound: UInt64 {
        guard let leadership else { return 0 }
        let own = electorate.ownPosition
        return electorate.reached {
            $0 == own ? leadership.round : leadership.followers[$0].round
        }
    }
}

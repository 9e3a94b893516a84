import Toolbox
public import Vocabulary

// What must wait for the disk, and what the disk's reports set free (consensus pitfalls 1 to 9).
extension RaftInstance {
    /// All writes up to `token` are durable. Tokens may be skipped, never reported out of order.
    public mutating func writeDidPersist(
        _ token: WriteToken, at now: Instant, into directives: inout [RaftDirective]
    ) {
        guard token > barrier.persisted else { return }
        invariant(token <= barrier.issued, "\(token) was not issued; \(barrier.issued) was last")
        log.entriesDidPersist(through: barrier.complete(token))
        for held in barrier.takeReleased() { release(held, at: now, into: &directives) }
        advanceCommit()
        answerReads(at: now, into: &directives)
        finishStep(at: now, into: &directives)
    }

    /// Sends as soon as everything that the message may tell of is durable.
    mutating func sendWhenDurable(
        _ message: RaftMessage, to node: RaftMember, into directives: inout [RaftDirective]
    ) {
        #if PLANTED_FAULTS
            if plantedFault == .acknowledgementBeforeSync, case .appendResponse = message {
                directives.append(.send(message, to: node))
                return
            }
        #endif
        if isDurable {
            release(.message(message, to: node), at: nil, into: &directives)
        } else {
            barrier.hold(.message(message, to: node), until: tokenOfChanges)
        }
    }

    /// - Precondition: the own vote of this term is not written yet.
    mutating func holdCandidacy() {
        barrier.hold(.candidacy(term), until: tokenOfChanges)
    }

    mutating func writeChanges(at now: Instant, into directives: inout [RaftDirective]) {
        guard hasChanges else { return }
        let isHardStateNew = hardState != hardStateIssued
        hardStateIssued = hardState
        let entries = takeUnwrittenEntries()
        let token = barrier.issue(last: entries.last?.index ?? .zero, at: now)
        directives.append(
            .persist(
                RaftWrite(
                    token: token, hardState: isHardStateNew ? hardStateToWrite : nil,
                    entries: entries)))
    }

    private var hardStateToWrite: HardState {
        #if PLANTED_FAULTS
            if plantedFault == .voteNotPersisted { return HardState(term: term, vote: nil) }
        #endif
        return hardState
    }

    private var hasChanges: Bool { hardState != hardStateIssued || log.unwrittenFrom != nil }
    private var isDurable: Bool { !hasChanges && !barrier.hasWritesInFlight }
    /// The write after which everything that was changed so far is durable.
    private var tokenOfChanges: WriteToken { hasChanges ? barrier.issued.next : barrier.issued }

    /// Shares the array that was just sent, if it is the same.
    private mutating func takeUnwrittenEntries() -> [LogEntry] {
        if let recent = recentEntries, recent.first == log.unwrittenFrom,
            recent.entries.last?.index == log.lastIndex
        {
            log.didWriteAll()
            return recent.entries
        }
        return log.takeUnwritten()
    }

    /// `now` is nil in the step that made the message.
    private mutating func release(
        _ held: WriteBarrier.Held, at now: Instant?, into directives: inout [RaftDirective]
    ) {
        switch held {
        case .message(let message, let node):
            // What was said in a former term interests nobody any more.
            guard message.term == term else { return }
            if case .voteResponse(let response) = message, response.isGranted, let now {
                voteDidPersist(at: now)
            }
            directives.append(.send(message, to: node))
        case .candidacy(let candidacyTerm):
            guard candidacyTerm == term, role == .candidate, let now else { return }
            candidacyDidPersist(at: now, into: &directives)
        }
    }
}

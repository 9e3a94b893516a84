import Raft
import Toolbox
import VirtualWorld
import Vocabulary

/// What is looked at after every step of a replica, and before every message that it sends.
extension RaftWorld {
    /// After a step: what it changed.
    @inline(__always)
    mutating func look(_ host: Int) {
        let role = hosts[host].raft.role
        let term = hosts[host].raft.term
        let commit = hosts[host].raft.commitIndex
        if role == laws.trails[host].role, term == laws.trails[host].term,
            commit == laws.trails[host].commit,
            hosts[host].raft.lastIndex == laws.trails[host].last
        {
            return
        }
        lookCloser(host, role, term, commit)
    }

    @inline(never)
    private mutating func lookCloser(
        _ host: Int, _ role: RaftRole, _ term: Term, _ commit: LogIndex
    ) {
        checkOrder(host)
        let trail = (role: laws.trails[host].role, term: laws.trails[host].term)
        let isNewReign = role == .leader && (trail.role != .leader || trail.term != term)
        laws.trails[host].role = role
        laws.trails[host].term = term
        if isNewReign {
            laws.noteLeader(
                hosts[host].member, in: term, hosts[host].raft.configuration, into: &violations)
            laws.checkCompleteness(of: host, into: &violations)
            checkNoOtherLease(host)
            springLeaderTrap(host)
        }
        if commit > laws.trails[host].commit { noteCommit(host, commit, isNewReign: isNewReign) }
    }

    /// Terms and commit indexes never fall in one life; dropped <= applied <= commit <= last; and
    /// the log is what was asked to be written.
    private mutating func checkOrder(_ host: Int) {
        let raft = (
            term: hosts[host].raft.term, first: hosts[host].raft.firstIndex,
            applied: hosts[host].raft.appliedIndex, commit: hosts[host].raft.commitIndex,
            last: hosts[host].raft.lastIndex
        )
        let isOrdered =
            raft.first <= raft.applied.next && raft.applied <= raft.commit
            && raft.commit <= raft.last
        let isRising =
            raft.term >= laws.trails[host].term && raft.commit >= laws.trails[host].commit
        let configurationIndex = laws.trails[host].configurations.last?.index
        if configurationIndex != hosts[host].raft.configurationIndex {
            violations.append(
                Violation(
                    "LastConfigurationIsInForce",
                    "n\(host + 1) goes by that of \(hosts[host].raft.configurationIndex), its log"
                        + " has one at \(configurationIndex ?? .zero)"))
        }
        if isOrdered, isRising, raft.last == laws.trails[host].last { return }
        violations.append(
            Violation(
                "IndexesAreOrdered",
                "n\(host + 1): \(raft), before \(laws.trails[host].term) commit"
                    + " \(laws.trails[host].commit), written to \(laws.trails[host].last)"))
    }

    private mutating func noteCommit(_ host: Int, _ commit: LogIndex, isNewReign: Bool) {
        if hosts[host].raft.role == .leader, !isNewReign,
            let mark = laws.trails[host].mark(at: commit), mark.term != laws.trails[host].term
        {
            violations.append(
                Violation(
                    "OwnTermIsCounted",
                    "n\(host + 1), leader in \(laws.trails[host].term), committed"
                        + " \(commit)@\(mark.term) by counting"))
        }
        var index = laws.trails[host].commit.next
        var newest: RaftLaws.Mark?
        while index <= commit {
            if let mark = laws.trails[host].mark(at: index) {
                if laws.noteCommitted(mark, at: index, of: host, into: &violations) {
                    newest = mark
                }
            } else if index > laws.trails[host].base || index > laws.lastCommitted {
                violations.append(
                    Violation("CommittedIsNeverLost", "n\(host + 1) commits an unknown \(index)"))
            }
            index = index.next
        }
        laws.trails[host].commit = commit
        if let newest, hosts[host].raft.role == .leader {
            checkDurable(commit, newest.term, in: hosts[host].raft.configuration)
        }
    }

    /// What is committed is on the platters of a quorum.
    private mutating func checkDurable(
        _ index: LogIndex, _ term: Term, in configuration: RaftConfiguration
    ) {
        if isDurable(index, term, configuration.voters),
            configuration.outgoing.isEmpty || isDurable(index, term, configuration.outgoing)
        {
            return
        }
        violations.append(
            Violation(
                "CommittedIsDurable",
                "\(index)@\(term) is committed, and no quorum of \(configuration) has it durable"))
    }

    private func isDurable(_ index: LogIndex, _ term: Term, _ voters: [RaftMember]) -> Bool {
        var copies = 0
        for member in voters {
            let host = Int(member.node.rawValue) - 1
            let isHere = hosts[host].replica == member.replica
            let platter = isHere ? hosts[host].disk.platter : graves[member.replica]
            if let platter, platter.holds(index, term) { copies += 1 }
        }
        return copies > voters.count / 2
    }

    /// No two hosts may believe at one moment that nobody else can lead.
    mutating func checkLeases() {
        var holder: Int?
        for host in hosts.indices where hosts[host].isUp {
            let moment = hosts[host].clock.monotonic(at: now)
            guard hosts[host].raft.leaseReadIndex(at: moment) != nil else { continue }
            if let holder {
                violations.append(
                    Violation(
                        "LeaseIsExclusive",
                        "n\(holder + 1) and n\(host + 1) hold leases at one time"))
            }
            holder = host
        }
    }

    /// Who is elected knows that nobody else answers reads by itself: each of its voters has kept
    /// its promise, or was released from it. Who counts late votes of a term that others have left
    /// is no danger to them: with that term nothing is confirmed any more.
    private mutating func checkNoOtherLease(_ leader: Int) {
        let term = hosts[leader].raft.term
        for host in hosts.indices
        where host != leader && hosts[host].isUp && hosts[host].raft.term < term {
            let moment = hosts[host].clock.monotonic(at: now)
            guard hosts[host].raft.leaseReadIndex(at: moment) != nil else { continue }
            violations.append(
                Violation(
                    "LeaseIsExclusive",
                    "n\(leader + 1) was elected while n\(host + 1) holds a lease"))
        }
    }

    /// A follower commits no more than what this very message has verified (consensus pitfall 6).
    mutating func checkVerified(_ message: RaftMessage, _ host: Int, before: LogIndex) {
        let bound: LogIndex
        if case .append(let request) = message {
            bound = min(request.commit, request.previousIndex.advanced(by: request.entries.count))
        } else if case .heartbeat(let heartbeat) = message {
            bound = heartbeat.commit
        } else {
            return
        }
        let commit = hosts[host].raft.commitIndex
        guard commit > before, commit > bound else { return }
        violations.append(
            Violation(
                "CommitIsVerified",
                "n\(host + 1) commits \(commit), and \(message) verifies \(bound) at most"))
    }

    /// Nothing is promised before it is durable (persist, then send).
    mutating func noteSend(_ message: RaftMessage, from host: Int, to member: RaftMember) {
        switch message {
        case .preVoteRequest, .preVoteResponse, .heartbeatResponse, .announcement,
            .foundingQuestion, .foundingAnswer:
            return
        case .append, .heartbeat, .timeoutNow, .removalNotice: break
        case .voteRequest(let request):
            let end = SnapshotPosition(index: request.lastIndex, term: request.lastTerm)
            if hosts[host].disk.platter.lastPosition != end { promiseTooEarly(message, host) }
            checkVote(of: host, for: hosts[host].member, in: request.term)
            springVoterTrap(host)
        case .voteResponse(let response) where response.isGranted:
            checkVote(of: host, for: member, in: response.term)
            springVoterTrap(host)
        case .voteResponse: break
        case .appendResponse(let response):
            guard case .matched(let index) = response.outcome, index > .zero else { break }
            let isDurable =
                laws.trails[host].mark(at: index).map {
                    hosts[host].disk.platter.holds(index, $0.term)
                } ?? (hosts[host].disk.platter.last >= index)
            if !isDurable { promiseTooEarly(message, host) }
        }
        if message.term > laws.trails[host].promisedTerm {
            laws.trails[host].promisedTerm = message.term
        }
        if hosts[host].disk.platter.hardState.term < message.term { promiseTooEarly(message, host) }
    }

    private mutating func checkVote(of voter: Int, for candidate: RaftMember, in term: Term) {
        let state = hosts[voter].disk.platter.hardState
        if state.term == term, state.vote != candidate.node {
            violations.append(
                Violation(
                    "SentIsDurable", "n\(voter + 1) votes in \(term) before its vote is durable"))
        }
        laws.noteVote(of: hosts[voter].member, for: candidate, in: term, into: &violations)
    }

    private mutating func promiseTooEarly(_ message: RaftMessage, _ host: Int) {
        violations.append(
            Violation("SentIsDurable", "n\(host + 1) promises before it is durable: \(message)"))
    }

    // MARK: Everything

    /// What is too dear to be looked at after each step.
    mutating func sweep() {
        for host in hosts.indices where hosts[host].isUp {
            hosts[host].raft.checkInvariants()
            compareLog(host)
        }
        checkLeases()
        let configuration = laws.committedConfiguration
        // The end of a joint phase decides alone before it is committed itself: the incoming voters
        // where it is left, the outgoing ones where it is taken back.
        if let last = laws.committed.last,
            !isDurable(laws.lastCommitted, last.mark.term, configuration.voters),
            !isDurable(laws.lastCommitted, last.mark.term, configuration.outgoing)
        {
            violations.append(
                Violation(
                    "CommittedIsDurable",
                    "\(laws.lastCommitted) is on no majority of \(laws.committedConfiguration)"))
        }
    }

    /// The log in memory is the one that was asked to be written.
    private mutating func compareLog(_ host: Int) {
        let first = hosts[host].raft.firstIndex
        let last = hosts[host].raft.lastIndex
        guard last >= first else { return }
        let count = last.rawValue - first.rawValue + 1
        for _ in 0..<min(count, 8) {
            let index = LogIndex(first.rawValue + sweepRandom.below(count))
            guard let mark = laws.trails[host].mark(at: index) else { continue }
            if hosts[host].raft.term(at: index) != mark.term {
                violations.append(
                    Violation("LogIsWritten", "n\(host + 1) has another entry at \(index)"))
            }
        }
    }
}

import Raft
import Toolbox
import Vocabulary

// One instance on the bench: what goes in and what comes out, message by message.

func ms(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

func n(_ number: UInt16) -> NodeID { NodeID(number) }
/// The copy of a log on a node that never lost its disk has the node's number.
func m(_ number: UInt16, _ replica: UInt64? = nil) -> RaftMember {
    RaftMember(node: n(number), replica: ReplicaID(replica ?? UInt64(number)))
}
func m(_ node: NodeID) -> RaftMember { m(node.rawValue) }
func t(_ number: UInt64) -> Term { Term(number) }
func i(_ number: UInt64) -> LogIndex { LogIndex(number) }

/// A log from index 1 on with these terms; payloads tell index and term.
func log(_ terms: UInt64...) -> [LogEntry] { log(terms) }

func log(_ terms: [UInt64], after previous: UInt64 = 0) -> [LogEntry] {
    terms.enumerated().map { offset, term in
        let index = previous + UInt64(offset) + 1
        return LogEntry(
            index: i(index), term: t(term), kind: .command, payload: Bytes("\(index)@\(term)"))
    }
}

func append(
    _ term: UInt64, after previous: (index: UInt64, term: UInt64), _ terms: [UInt64] = [],
    commit: UInt64 = 0, round: UInt64 = 1
) -> RaftMessage {
    .append(
        .init(
            term: t(term), previous: .init(index: i(previous.index), term: t(previous.term)),
            commit: i(commit), round: round, entries: log(terms, after: previous.index)))
}

func heartbeat(_ term: UInt64, commit: UInt64 = 0, round: UInt64 = 1) -> RaftMessage {
    .heartbeat(.init(term: t(term), commit: i(commit), round: round))
}

func heard(_ term: UInt64, round: UInt64) -> RaftMessage {
    .heartbeatResponse(.init(term: t(term), round: round))
}

func matched(_ term: UInt64, _ index: UInt64, round: UInt64 = 0) -> RaftMessage {
    .appendResponse(.init(term: t(term), round: round, outcome: .matched(i(index))))
}

func rejected(
    _ term: UInt64, _ previous: UInt64, hint: (index: UInt64, term: UInt64), round: UInt64 = 0
) -> RaftMessage {
    .appendResponse(
        .init(
            term: t(term), round: round,
            outcome: .rejected(
                previous: i(previous), hint: .init(index: i(hint.index), term: t(hint.term)))))
}

func voteRequest(_ term: UInt64, last: (index: UInt64, term: UInt64) = (0, 0)) -> RaftMessage {
    .voteRequest(.init(term: t(term), lastIndex: i(last.index), lastTerm: t(last.term)))
}

func preVoteRequest(_ term: UInt64, last: (index: UInt64, term: UInt64) = (0, 0)) -> RaftMessage {
    .preVoteRequest(.init(term: t(term), lastIndex: i(last.index), lastTerm: t(last.term)))
}

func vote(_ term: UInt64, granted: Bool = true) -> RaftMessage {
    .voteResponse(.init(term: t(term), isGranted: granted))
}

func preVote(_ term: UInt64, granted: Bool = true) -> RaftMessage {
    .preVoteResponse(.init(term: t(term), isGranted: granted))
}

/// Node 1 of a group, its disk and its outgoing messages.
struct Bench {
    struct Sent: Hashable, CustomStringConvertible {
        let message: RaftMessage
        let to: NodeID
        var description: String { "→ \(to) \(message)" }
    }

    struct Start {
        var seed: UInt64 = 1
        var now = ms(1_000)
    }

    var instance: RaftInstance
    var now: Instant
    /// Everything since the last `clear`.
    var directives: [RaftDirective] = []
    /// Reports each write as durable in the step that asked for it.
    var hasFastDisk = true
    var lastToken: WriteToken?

    init(
        voters: Int = 3, term: UInt64 = 0, vote: UInt16? = nil, log: [LogEntry] = [],
        snapshot: SnapshotPosition? = nil, configuration: RaftConfiguration? = nil,
        settings: RaftSettings = RaftSettings(), start: Start = Start()
    ) {
        now = start.now
        instance = RaftInstance(
            identity: RaftIdentity(group: ReplicaGroupID(1), member: m(1)), founders: [],
            recovery: RaftRecovery(
                hardState: HardState(term: t(term), vote: vote.map(n)), snapshot: snapshot,
                configuration: configuration
                    ?? RaftConfiguration(voters: (1...UInt16(voters)).map { m($0) }),
                entries: log),
            settings: settings, random: SeededRandom(seed: start.seed), now: now)
    }

    /// A leader of `term`, elected by all others, none of which has answered an append yet.
    static func leader(
        voters: Int = 3, term: UInt64 = 1, log: [LogEntry] = [],
        snapshot: SnapshotPosition? = nil, configuration: RaftConfiguration? = nil,
        settings: RaftSettings = RaftSettings()
    ) -> Bench {
        var bench = Bench(
            voters: voters, term: term - 1, log: log, snapshot: snapshot,
            configuration: configuration, settings: settings)
        bench.becomeLeader()
        bench.clear()
        return bench
    }

    var others: [NodeID] {
        instance.configuration.members.filter { instance.configuration.isVoter($0) && $0 != m(1) }
            .map(\.node)
    }

    mutating func becomeLeader() {
        expire()
        for node in others { receive(preVote(instance.term.rawValue + 1), from: node.rawValue) }
        let term = instance.term.rawValue
        for node in others { receive(vote(term), from: node.rawValue) }
    }

    mutating func receive(_ message: RaftMessage, from node: UInt16) {
        receive(message, from: m(node))
    }

    mutating func receive(
        _ message: RaftMessage, from member: RaftMember, to replica: UInt64 = 1
    ) {
        step {
            $0.receive(message, from: member, to: ReplicaID(replica), at: $1, into: &$2)
        }
    }

    /// Goes to the next deadline.
    mutating func expire() {
        if let deadline = instance.nextDeadline { now = max(now, deadline) }
        step { $0.timeDidAdvance(to: $1, into: &$2) }
    }

    mutating func wait(_ milliseconds: Int64) {
        now = now + .milliseconds(milliseconds)
        step { $0.timeDidAdvance(to: $1, into: &$2) }
    }

    @discardableResult
    mutating func propose(_ payloads: Bytes...) -> ProposalOutcome { propose(payloads) }

    @discardableResult
    mutating func propose(_ payloads: [Bytes]) -> ProposalOutcome {
        var outcome = ProposalOutcome.refused(.overloaded)
        step { outcome = $0.propose(payloads, at: $1, into: &$2) }
        return outcome
    }

    mutating func read(_ id: UInt64) {
        step { $0.requestRead(RequestID(id), at: $1, into: &$2) }
    }

    mutating func persist(_ token: UInt64) {
        step { $0.writeDidPersist(WriteToken(token), at: $1, into: &$2) }
    }

    /// The disk catches up with everything.
    mutating func persistAll() {
        while let last = lastToken, instance.hasWritesInFlight { persist(last.rawValue) }
    }

    mutating func step(
        _ body: (inout RaftInstance, Instant, inout [RaftDirective]) -> Void
    ) {
        var next = directives.count
        body(&instance, now, &directives)
        instance.checkInvariants()
        while next < directives.count {
            if case .persist(let write) = directives[next] {
                lastToken = write.token
                if hasFastDisk {
                    instance.writeDidPersist(write.token, at: now, into: &directives)
                    instance.checkInvariants()
                }
            }
            next += 1
        }
    }

    mutating func clear() { directives = [] }

    // MARK: What came out

    var sent: [Sent] {
        directives.compactMap {
            if case .send(let message, let member) = $0 {
                Sent(message: message, to: member.node)
            } else {
                nil
            }
        }
    }

    func sent(to node: UInt16) -> [RaftMessage] {
        sent.filter { $0.to == n(node) }.map(\.message)
    }

    func appends(to node: UInt16) -> [RaftMessage.AppendRequest] {
        sent(to: node).compactMap { if case .append(let request) = $0 { request } else { nil } }
    }

    var writes: [RaftWrite] {
        directives.compactMap { if case .persist(let write) = $0 { write } else { nil } }
    }

    var applied: [LogEntry] {
        directives.flatMap { directive -> [LogEntry] in
            if case .apply(let entries) = directive { entries } else { [] }
        }
    }

    var ready: [RequestID] {
        directives.flatMap { directive -> [RequestID] in
            if case .readReady(let reads, _) = directive { reads } else { [] }
        }
    }

    var refused: [RequestID] {
        directives.flatMap { directive -> [RequestID] in
            if case .readRefused(let reads) = directive { reads } else { [] }
        }
    }

    var snapshotsAsked: [NodeID] {
        directives.compactMap {
            if case .sendSnapshot(let member) = $0 { member.node } else { nil }
        }
    }

    var observations: [RaftObservation] {
        directives.compactMap {
            if case .observe(let observation) = $0 { observation } else { nil }
        }
    }

    var terms: [UInt64] {
        instance.entries(from: instance.firstIndex, through: instance.lastIndex).map(
            \.term.rawValue)
    }
}

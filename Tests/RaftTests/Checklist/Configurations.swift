import Raft
import Testing
import Toolbox
import Vocabulary

// Words for groups whose members change.

func members(_ nodes: [UInt16]) -> [RaftMember] { nodes.map { m($0) } }

func configuration(
    _ voters: [UInt16], outgoing: [UInt16] = [], learners: [UInt16] = []
) -> RaftConfiguration {
    RaftConfiguration(
        voters: members(voters), outgoing: members(outgoing), learners: members(learners))
}

/// An append with one configuration in it.
func append(
    _ term: UInt64, after previous: (index: UInt64, term: UInt64),
    _ configuration: RaftConfiguration, commit: UInt64 = 0
) -> RaftMessage {
    .append(
        .init(
            term: t(term), previous: .init(index: i(previous.index), term: t(previous.term)),
            commit: i(commit), round: 1, entries: [entry(configuration, previous.index + 1, term)]))
}

func entry(_ configuration: RaftConfiguration, _ index: UInt64, _ term: UInt64) -> LogEntry {
    LogEntry(
        index: i(index), term: t(term), kind: .configuration, payload: configuration.encoded())
}

extension RaftConfiguration {
    var voterNumbers: [UInt16] { voters.map(\.node.rawValue) }
    var outgoingNumbers: [UInt16] { outgoing.map(\.node.rawValue) }
    var learnerNumbers: [UInt16] { learners.map(\.node.rawValue) }
}

extension Bench {
    /// A leader of these that has committed its first entry, and heard all at its last beat.
    static func settledLeader(
        _ configuration: RaftConfiguration, settings: RaftSettings = RaftSettings()
    ) -> Bench {
        var bench = Bench.leader(configuration: configuration, settings: settings)
        bench.confirm()
        bench.beat()
        bench.clear()
        return bench
    }

    /// All that are there, or just these, have everything.
    mutating func confirm(_ nodes: [UInt16]? = nil) {
        let all = instance.configuration.members.map(\.node.rawValue).filter { $0 != 1 }
        for node in nodes ?? all {
            receive(matched(instance.term.rawValue, instance.lastIndex.rawValue), from: node)
        }
    }

    /// The next beat comes, and they answer it, or just these.
    mutating func beat(_ nodes: [UInt16]? = nil) {
        expire()
        let all = instance.configuration.members.map(\.node.rawValue).filter { $0 != 1 }
        for node in nodes ?? all {
            receive(heard(instance.term.rawValue, round: lastRound), from: node)
        }
    }

    @discardableResult
    mutating func change(_ change: MembershipChange) -> MembershipOutcome {
        var outcome = MembershipOutcome.unchanged
        step { outcome = $0.change(change, at: $1, into: &$2) }
        return outcome
    }

    @discardableResult
    mutating func transfer(to node: UInt16) -> TransferOutcome {
        var outcome = TransferOutcome.alreadyLeader
        step { outcome = $0.transferLeadership(to: n(node), at: $1, into: &$2) }
        return outcome
    }

    mutating func install(
        _ index: UInt64, _ term: UInt64, _ configuration: RaftConfiguration
    ) {
        step {
            _ = $0.installSnapshot(
                SnapshotPosition(index: i(index), term: t(term)), configuration: configuration,
                at: $1, into: &$2)
        }
    }

    func orders(to node: UInt16) -> Int {
        sent(to: node).filter { if case .timeoutNow = $0 { true } else { false } }.count
    }
}

extension RaftCluster {
    /// The leader begins the change, and some beats pass.
    @discardableResult
    mutating func carryOut(_ change: MembershipChange) -> MembershipOutcome {
        guard let leader else { return .refused(.notLeader(leader: nil)) }
        let outcome = self.change(leader, change)
        advance(.milliseconds(300))
        return outcome
    }

    /// The configuration in force at `place`.
    func configuration(_ place: Int) -> RaftConfiguration { instance(place).configuration }

    /// All that are members for the leader have everything, and nothing forbidden was seen.
    var isWhole: Bool {
        guard let leader else { return false }
        let last = instance(leader).lastIndex
        return ledger.violations.isEmpty
            && configuration(leader).members.allSatisfy { member in
                peers.contains { $0.member == member && $0.applied == last }
            }
    }

    /// A write that all members must have in the end.
    mutating func expectService(sourceLocation: SourceLocation = #_sourceLocation) {
        guard let leader, case .accepted = propose(leader, ["service"]) else {
            Issue.record("nobody takes a proposal", sourceLocation: sourceLocation)
            return
        }
        advance(.milliseconds(500))
        let isWhole = isWhole
        #expect(isWhole, "\(ledger.violations)", sourceLocation: sourceLocation)
    }
}

extension MembershipOutcome {
    enum Kind { case accepted, unchanged, refused }

    var kind: Kind {
        switch self {
        case .accepted: .accepted
        case .unchanged: .unchanged
        case .refused: .refused
        }
    }
}

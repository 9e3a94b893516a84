import AdminWire
import Raft
import Toolbox
import Vocabulary

/// Why a group stays as it is, for operators: a code for scripts, a sentence for people.
struct GroupRefusal: Hashable, Sendable {
    var code: String
    var message: String
    var leader: NodeID?

    init(_ code: String, _ message: String, leader: NodeID? = nil) {
        self.code = code
        self.message = message
        self.leader = leader
    }

    static func notLeader(_ leader: NodeID?, of group: ReplicaGroupID) -> GroupRefusal {
        guard let leader else {
            return GroupRefusal("not_leader", "\(group) has no leader that this node knows of")
        }
        return GroupRefusal("not_leader", "\(leader) leads \(group)", leader: leader)
    }

    private static func changeRunning(_ group: ReplicaGroupID) -> GroupRefusal {
        GroupRefusal(
            "change_running",
            "another change of \(group)'s members is under way: ask again when it is done")
    }

    private static func transferRunning(_ group: ReplicaGroupID) -> GroupRefusal {
        GroupRefusal(
            "transfer_running", "\(group) is just being handed to another leader: ask again")
    }

    init(_ refusal: MembershipRefusal, of group: ReplicaGroupID) {
        switch refusal {
        case .notLeader(let leader): self = .notLeader(leader, of: group)
        case .changeRunning: self = .changeRunning(group)
        case .transferRunning: self = .transferRunning(group)
        case .nothingCommittedInTerm:
            self.init(
                "not_ready",
                "\(group)'s leader has just been elected and has committed nothing yet: ask again")
        case .unknownMember(let node):
            self.init("unknown_member", "\(node) has no copy of \(group): add it as a learner")
        case .notALearner(let node):
            self.init(
                "not_a_learner",
                "\(node) is no learner of \(group): only a learner can be promoted")
        case .lagging(let node, entries: 0):
            self.init(
                "lagging",
                "\(node) is not known to keep up yet: it can be promoted once it has for a while")
        case .lagging(let node, let entries):
            self.init(
                "lagging",
                "\(node) lags by \(Self.grouped(entries)) entries: it can be promoted once it has"
                    + " caught up")
        case .quorumAtRisk(let silent):
            let nodes = silent.map { "\($0)" }.joined(separator: ", ")
            self.init(
                "quorum_at_risk",
                "\(group) could be left without a quorum: \(nodes) did not answer lately")
        case .noVoters: self.init("no_voters", "\(group) would be left without a voter")
        case .tooManyVoters:
            self.init(
                "too_many_voters", "\(group) can have \(Limits.votersMaximum) voters at most")
        case .tooManyLearners:
            self.init(
                "too_many_learners",
                "\(group) can have \(RaftConfiguration.learnersMaximum) learners at most")
        }
    }

    init(_ refusal: TransferRefusal, of group: ReplicaGroupID) {
        switch refusal {
        case .notLeader(let leader): self = .notLeader(leader, of: group)
        case .changeRunning: self = .changeRunning(group)
        case .transferRunning: self = .transferRunning(group)
        case .unknownMember(let node):
            self.init("unknown_member", "\(node) has no copy of \(group): it can not lead")
        case .notAVoter(let node):
            self.init(
                "not_a_voter", "\(node) is a learner of \(group): promote it before it leads")
        case .unreachable(let node):
            self.init(
                "unreachable",
                "\(node) did not answer lately, or needs a snapshot: it can not take \(group)")
        }
    }

    /// 1200 as 1,200.
    private static func grouped(_ number: Int) -> String {
        var digits = String(max(0, number))
        var parts: [String] = []
        while digits.count > 3 {
            parts.append(String(digits.suffix(3)))
            digits.removeLast(3)
        }
        return ([digits] + parts.reversed()).joined(separator: ",")
    }
}

import Vocabulary

/// The first entry that a change needs, by the rules of configurations alone.
enum MembershipPlan: Hashable, Sendable {
    case next(RaftConfiguration)
    case unchanged
    case refused(MembershipRefusal)
}

extension RaftConfiguration {
    /// - Precondition: not joint, not empty.
    func planned(_ change: MembershipChange) -> MembershipPlan {
        switch change {
        case .addLearner(let member): adding(member)
        case .promote(let node): promoting(node)
        case .demote(let node): demoting(node)
        case .remove(let node): removing(node)
        case .setVoters(let nodes): setting(nodes)
        }
    }

    private func adding(_ member: RaftMember) -> MembershipPlan {
        if learners.contains(member) { return .unchanged }
        if voters.contains(member) { return .refused(.notALearner(member.node)) }
        if member.replica == .none { return .refused(.unknownMember(member.node)) }
        return withLearners(learners.filter { $0.node != member.node } + [member])
    }

    private func promoting(_ node: NodeID) -> MembershipPlan {
        guard let learner = learner(on: node) else {
            return voter(on: node) == nil ? .refused(.unknownMember(node)) : .unchanged
        }
        return withVoters(
            voters.filter { $0.node != node } + [learner],
            learners: learners.filter { $0 != learner })
    }

    private func demoting(_ node: NodeID) -> MembershipPlan {
        guard let voter = voter(on: node) else {
            return learner(on: node) == nil ? .refused(.unknownMember(node)) : .unchanged
        }
        return withVoters(
            voters.filter { $0 != voter }, learners: learners.filter { $0.node != node } + [voter])
    }

    private func removing(_ node: NodeID) -> MembershipPlan {
        let others = learners.filter { $0.node != node }
        if let voter = voter(on: node) {
            return withVoters(voters.filter { $0 != voter }, learners: others)
        }
        return others == learners ? .unchanged : withLearners(others)
    }

    private func setting(_ nodes: [NodeID]) -> MembershipPlan {
        var next: [RaftMember] = []
        for node in nodes where !next.contains(where: { $0.node == node }) {
            guard let member = voter(on: node) ?? learner(on: node) else {
                return .refused(.unknownMember(node))
            }
            next.append(member)
        }
        if next.sorted() == voters { return .unchanged }
        return withVoters(next, learners: learners.filter { !next.contains($0) })
    }

    /// Learners decide nothing: one entry is enough.
    private func withLearners(_ learners: [RaftMember]) -> MembershipPlan {
        guard learners.count <= Self.learnersMaximum else { return .refused(.tooManyLearners) }
        return .next(RaftConfiguration(voters: voters, learners: learners))
    }

    private func withVoters(_ next: [RaftMember], learners: [RaftMember]) -> MembershipPlan {
        guard !next.isEmpty else { return .refused(.noVoters) }
        guard next.count <= Limits.votersMaximum else { return .refused(.tooManyVoters) }
        guard learners.count <= Self.learnersMaximum else { return .refused(.tooManyLearners) }
        return .next(entering(voters: next, learners: learners))
    }
}

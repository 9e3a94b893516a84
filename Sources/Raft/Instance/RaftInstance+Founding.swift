import Toolbox
import Vocabulary

// How a group begins: once, by its first founder, when nobody holds anything of it.
extension RaftInstance {
    /// It knows of no group: it never asks for votes, but it votes, and takes log and snapshots.
    var isPassive: Bool { configuration.isEmpty }

    var holdsAnything: Bool {
        !isPassive || hasHeardOfGroup || term > .zero || log.count > 0 || log.base.index > .zero
    }

    mutating func askFounders(at now: Instant, into directives: inout [RaftDirective]) {
        guard var founding else { return }
        founding.note(identity.member)
        self.founding = founding
        electionDeadline = now + settings.electionTimeoutMinimum
        for node in founding.silent {
            directives.append(
                .send(.foundingQuestion, to: RaftMember(node: node, replica: .none)))
        }
        foundIfAnswered(at: now, into: &directives)
    }

    mutating func answerFounder(_ founder: RaftMember, into directives: inout [RaftDirective]) {
        let answer = RaftMessage.FoundingAnswer(holdsAnything: holdsAnything)
        directives.append(.send(.foundingAnswer(answer), to: founder))
    }

    mutating func receiveFoundingAnswer(
        _ answer: RaftMessage.FoundingAnswer, from sender: RaftMember, at now: Instant,
        into directives: inout [RaftDirective]
    ) {
        guard founding != nil else { return }
        // This disk was wiped, or the group was founded meanwhile: the group will take it in.
        if answer.holdsAnything {
            founding = nil
            return
        }
        guard sender.replica != .none else { return }
        founding?.note(sender)
        foundIfAnswered(at: now, into: &directives)
    }

    /// The first entry is the configuration, in a term that nobody else can lead.
    private mutating func foundIfAnswered(
        at now: Instant, into directives: inout [RaftDirective]
    ) {
        guard let members = founding?.members else { return }
        founding = nil
        hardState = HardState(term: Term(1), vote: identity.node)
        voteReplica = identity.replica
        let configuration = RaftConfiguration(voters: members)
        directives.append(.observe(.founded(configuration)))
        append(configuration, at: now, into: &directives)
        electionTimeoutElapsed(at: now, into: &directives)
    }
}

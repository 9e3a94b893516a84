import Raft
import Vocabulary

// What happened, one line each.
extension RaftCluster {
    mutating func note(_ line: () -> String) {
        guard transcript != nil else { return }
        transcript?.append(line())
    }

    mutating func note(_ envelope: Envelope, _ suffix: String) {
        note {
            let what =
                switch envelope.content {
                case .message(let message): message.description
                case .snapshot(let state): "snapshot \(state.position)"
                }
            return "\(name(envelope.from)) → \(name(envelope.to)) \(what)\(suffix)"
        }
    }

    mutating func note(_ write: RaftWrite, by node: NodeID) {
        note {
            var line = "\(node) writes \(write.token)"
            if let state = write.hardState {
                line += " \(state.term) vote \(state.vote.map(\.description) ?? "nobody")"
            }
            if !write.entries.isEmpty {
                line += " " + write.entries.map { "\($0.index)@\($0.term)" }.joined(separator: " ")
            }
            return line
        }
    }
}

/// A copy whose disk was never lost is named by its node alone.
func name(_ member: RaftMember) -> String {
    member == m(member.node) || member.replica == .none
        ? member.node.description : member.description
}

func list(_ things: [some CustomStringConvertible]) -> String {
    things.map(\.description).joined(separator: " ")
}

func describe(_ observation: RaftObservation) -> String {
    switch observation {
    case .becameFollower(let leader, let term, let reason):
        "follows \(leader?.description ?? "nobody") in \(term) (\(reason))"
    case .becamePreCandidate(let term): "asks for pre-votes in \(term)"
    case .becameCandidate(let term): "stands in \(term)"
    case .becameLeader(let term): "leads \(term)"
    case .truncated(let index): "removes \(index) and all after it"
    case .nonsense(let sender): "drops nonsense of \(sender)"
    case .configurationChanged(let configuration, let index):
        "goes by [\(configuration)] of \(index)"
    case .configurationCommitted(_, let index): "has \(index) committed, a configuration"
    case .removedFromGroup: "is no member any more"
    case .transferBegan(let node): "hands over to \(node)"
    case .transferEnded(let node, let succeeded):
        succeeded ? "has handed over to \(node)" : "did not hand over to \(node)"
    case .founded(let configuration): "founds the group [\(configuration)]"
    }
}

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
                case .snapshot(let position, _): "snapshot \(position)"
                }
            return "\(envelope.link.from) → \(envelope.link.to) \(what)\(suffix)"
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
    }
}

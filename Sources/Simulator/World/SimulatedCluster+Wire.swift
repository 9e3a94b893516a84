import ClusterNode
import PeerWire
import Raft
import Replication
import Toolbox
import Vocabulary
import VirtualWorld

/// A fault that waits for its moment.
enum Trap: Hashable, Sendable {
    /// A node dies as soon as it has given or asked for a vote.
    case voter(ProcessEnd)
    /// Who leads next is cut off at once.
    case newLeader
}

/// What nodes say to each other, as far as it is read here: votes.
extension SimulatedCluster {
    /// Looks at a frame that `node` has just sent.
    mutating func watch(_ frame: Bytes, from node: Int, over connection: ConnectionID) {
        guard frame.count > PeerFrame.headerBytes, frame[5] == PeerFrame.Kind.sections.rawValue,
            case .node(let receiver)? = network.otherPlace(than: endpoint(node, connection))
        else { return }
        var hasVoted = false
        do throws(DecodeFailure) {
            var reader = ByteReader(frame.suffix(from: PeerFrame.headerBytes))
            let count: UInt32 = try reader.read()
            for _ in 0..<count {
                let kind: UInt8 = try reader.read()
                let group = ReplicaGroupID(try reader.read())
                let body = try reader.readCounted()
                guard kind == PeerSection.Kind.consensus.rawValue, Self.isVote(body) else {
                    continue
                }
                let letter = try ReplicaLetter<RaftMessage>(decoding: body)
                raft.votes.note(
                    letter.content, group: group, from: node, letter.from, to: receiver,
                    into: &violations)
                hasVoted = true
            }
        } catch {
            violations.append(Violation("FramesAreWellFormed", "n\(node + 1): \(error)"))
        }
        if hasVoted { springVoterTrap(node) }
    }

    /// From which copy to which, before the message.
    private static var letterHeadBytes: Int { 16 }

    /// The kinds of `RaftMessage` that ask for a vote and answer.
    private static func isVote(_ body: Bytes) -> Bool {
        body.count > letterHeadBytes && (3...4).contains(body[letterHeadBytes])
    }

    private mutating func springVoterTrap(_ node: Int) {
        for end in [ProcessEnd.kill, .powerLoss] where traps.contains(.voter(end)) {
            traps.removeAll { $0 == .voter(end) }
            transcript.note(now, "n\(node + 1) dies having voted")
            return self.end(node, by: end)
        }
    }

    /// Somebody leads from now on.
    mutating func springLeaderTrap(_ node: Int) {
        guard traps.contains(.newLeader) else { return }
        traps.removeAll { $0 == .newLeader }
        cutOff = node
    }
}

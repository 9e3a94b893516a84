import PeerWire
import Raft
import Replication
import Toolbox
import Vocabulary

/// What copies of a group say to each other, as it comes in from peers.
extension NodeInstance {
    mutating func receiveConsensus(
        _ section: PeerSection, from node: NodeID, at moment: Moment,
        into directives: inout [NodeDirective]
    ) throws(DecodeFailure) {
        let letter = try ReplicaLetter<RaftMessage>(decoding: section.body)
        guard accepts(letter.to, in: section.group) else {
            // A leader that knows a copy here which is gone: the disk was wiped. A new one takes
            // its place, and says so.
            if letter.content.isOfLeader, letter.to != .none,
                !removedGroups.contains(section.group), !replicas.has(section.group)
            {
                makeCopy(of: section.group, for: nil, at: moment)
            }
            return
        }
        drive(
            section.group,
            .received(
                letter.content, from: RaftMember(node: node, replica: letter.from), to: letter.to),
            at: moment, into: &directives)
    }

    mutating func receiveSnapshotPart(
        _ section: PeerSection, from node: NodeID, at moment: Moment,
        into directives: inout [NodeDirective]
    ) throws(DecodeFailure) {
        let letter = try ReplicaLetter<SnapshotPart>(decoding: section.body)
        guard accepts(letter.to, in: section.group) else { return }
        let sender = RaftMember(node: node, replica: letter.from)
        drive(
            section.group, .receivedPart(letter.content, from: sender, to: letter.to), at: moment,
            into: &directives)
    }

    mutating func receiveSnapshotResult(
        _ section: PeerSection, from node: NodeID, at moment: Moment,
        into directives: inout [NodeDirective]
    ) throws(DecodeFailure) {
        let letter = try ReplicaLetter<SnapshotPartResult>(decoding: section.body)
        guard accepts(letter.to, in: section.group) else { return }
        let sender = RaftMember(node: node, replica: letter.from)
        drive(
            section.group, .receivedPartResult(letter.content, from: sender, to: letter.to),
            at: moment, into: &directives)
    }

    /// Whether the copy that a letter is for may be here; those that are not are counted. A letter
    /// for another copy of this node goes to Raft all the same, which says which one is here.
    private mutating func accepts(_ replica: ReplicaID, in group: ReplicaGroupID) -> Bool {
        guard let own = replicas.raft(of: group)?.identity.replica else {
            drops.unknownGroup += 1
            return false
        }
        if replica != own, replica != .none { drops.otherCopy += 1 }
        return true
    }
}

/// Sections of peers that were for nobody here.
struct SectionDrops: Sendable {
    var unknownGroup: UInt64 = 0
    var otherCopy: UInt64 = 0
    var malformed: UInt64 = 0
}

extension RaftMessage {
    /// Only who leads, or led, sends it.
    fileprivate var isOfLeader: Bool {
        switch self {
        case .append, .heartbeat: true
        case .preVoteRequest, .preVoteResponse, .voteRequest, .voteResponse, .appendResponse,
            .heartbeatResponse, .timeoutNow, .announcement, .removalNotice, .foundingQuestion,
            .foundingAnswer:
            false
        }
    }
}

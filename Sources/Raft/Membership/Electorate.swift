import Toolbox
import Vocabulary

/// The configuration in force as positions and bits, so that counting costs no set and no heap.
struct Electorate: Sendable {
    /// All members, ascending; a member's place here is its position.
    let members: [RaftMember]
    /// The voters' bits; while joint of those that stay.
    let incoming: UInt32
    /// The outgoing voters' bits; 0 unless joint.
    let outgoing: UInt32
    /// Where this replica itself stands; nil if it is no member.
    let ownPosition: Int?

    init(_ configuration: RaftConfiguration, own: RaftMember) {
        let members = configuration.members
        func bits(_ some: [RaftMember]) -> UInt32 {
            var bits: UInt32 = 0
            for position in members.indices where some.contains(members[position]) {
                bits |= 1 << UInt32(position)
            }
            return bits
        }
        invariant(members.count <= 32, "\(members.count) members")
        self.members = members
        incoming = bits(configuration.voters)
        outgoing = bits(configuration.outgoing)
        ownPosition = members.firstIndex(of: own)
    }

    #if PLANTED_FAULTS
        init(_ configuration: RaftConfiguration, own: RaftMember, fault: PlantedRaftFault?) {
            let whole = Electorate(configuration, own: own)
            members = whole.members
            ownPosition = whole.ownPosition
            switch fault {
            case .learnerCounted:
                incoming = UInt32(truncatingIfNeeded: (UInt64(1) << UInt64(members.count)) - 1)
                outgoing = whole.outgoing
            case .jointNeedsOnlyNewMajority:
                incoming = whole.incoming
                outgoing = 0
            case .jointNeedsOnlyOldMajority where whole.outgoing != 0:
                incoming = whole.outgoing
                outgoing = 0
            default:
                incoming = whole.incoming
                outgoing = whole.outgoing
            }
        }
    #endif

    var voters: UInt32 { incoming | outgoing }
    var votersCount: Int { voters.nonzeroBitCount }
    var isOwnVoter: Bool { ownPosition.map(isVoter) ?? false }
    /// No majority can be made without this replica alone making it.
    var isOwnOnlyVoter: Bool { isOwnVoter && votersCount == 1 }

    func isVoter(_ position: Int) -> Bool { voters & Self.bit(position) != 0 }

    func position(of member: RaftMember) -> Int? {
        for position in members.indices where members[position] == member { return position }
        return nil
    }

    static func bit(_ position: Int) -> UInt32 { 1 << UInt32(position) }

    /// A majority of the voters, and while joint of the outgoing ones, is in `some`.
    func hasQuorum(_ some: UInt32) -> Bool {
        Self.isMajority(some, of: incoming)
            && (outgoing == 0 || Self.isMajority(some, of: outgoing))
    }

    static func isMajority(_ some: UInt32, of voters: UInt32) -> Bool {
        (some & voters).nonzeroBitCount > voters.nonzeroBitCount / 2
    }

    /// So many of a set have refused that no majority is left in it; with `margin`, that one more
    /// would be too many.
    func isLost(refused: UInt32, margin: Int = 0) -> Bool {
        Self.isLost(refused, in: incoming, margin)
            || outgoing != 0 && Self.isLost(refused, in: outgoing, margin)
    }

    private static func isLost(_ refused: UInt32, in voters: UInt32, _ margin: Int) -> Bool {
        let count = (refused & voters).nonzeroBitCount
        let spare = (voters.nonzeroBitCount - 1) / 2
        return count >= 1 && count + margin > spare
    }

    /// The greatest value that a quorum reaches.
    func reached(_ value: (Int) -> UInt64) -> UInt64 {
        let reached = reached(in: incoming, value)
        return outgoing == 0 ? reached : min(reached, self.reached(in: outgoing, value))
    }

    private func reached(in voters: UInt32, _ value: (Int) -> UInt64) -> UInt64 {
        var tally = QuorumTally()
        var left = voters
        while left != 0 {
            tally.insert(value(left.trailingZeroBitCount))
            left &= left - 1
        }
        return tally.value(reachedBy: voters.nonzeroBitCount / 2 + 1)
    }
}

public import Toolbox
import Vocabulary

/// Whose majority decides, and who else gets the log.
///
/// While joint, decisions need a majority of `voters` and a majority of `outgoing` (Raft §6). Each
/// list is ascending and names a node at most once.
public struct RaftConfiguration: Hashable, Sendable {
    /// The voters; while joint those that stay when the joint phase is left.
    public let voters: [RaftMember]
    /// The voters before the change; empty unless joint.
    public let outgoing: [RaftMember]
    /// They get the log and are never counted. While joint one of them may still be an outgoing
    /// voter: it becomes a learner when the joint phase is left. One may be on the node of a voter,
    /// under another replica id: it is there to take its place.
    public let learners: [RaftMember]

    /// Learners of one group; more are refused.
    public static let learnersMaximum = 7

    /// Of a replica that knows of no group yet.
    public static let empty = RaftConfiguration(voters: [])

    /// - Precondition: the rules above; 1 to `Limits.votersMaximum` voters, or none at all.
    public init(
        voters: [RaftMember], outgoing: [RaftMember] = [], learners: [RaftMember] = []
    ) {
        self.voters = voters.sorted()
        self.outgoing = outgoing.sorted()
        self.learners = learners.sorted()
        let problem = problem
        invariant(problem == nil, "\(self): \(problem ?? "")")
    }

    public var isJoint: Bool { !outgoing.isEmpty }
    public var isEmpty: Bool { voters.isEmpty }

    public func contains(_ member: RaftMember) -> Bool {
        isVoter(member) || learners.contains(member)
    }

    /// True for an outgoing voter too.
    public func isVoter(_ member: RaftMember) -> Bool {
        voters.contains(member) || outgoing.contains(member)
    }

    /// All of them, ascending, each once.
    public var members: [RaftMember] {
        var all: [RaftMember] = []
        for member in (voters + outgoing + learners).sorted() where member != all.last {
            all.append(member)
        }
        return all
    }

    func voter(on node: NodeID) -> RaftMember? { voters.first { $0.node == node } }
    func learner(on node: NodeID) -> RaftMember? { learners.first { $0.node == node } }

    // MARK: Changes

    /// The first half of a change of voters: both sets decide.
    func entering(voters next: [RaftMember], learners: [RaftMember]) -> RaftConfiguration {
        RaftConfiguration(voters: next, outgoing: voters, learners: learners)
    }

    /// The second half: the old voters decide no more.
    var left: RaftConfiguration { RaftConfiguration(voters: voters, learners: learners) }

    /// Back to before `entering`: those that were to become voters are learners again.
    var reverted: RaftConfiguration {
        let former = learners.filter { !outgoing.contains($0) }
        return RaftConfiguration(
            voters: outgoing, learners: former + voters.filter { !outgoing.contains($0) })
    }

    // MARK: Rules

    /// What is wrong with it; nil if nothing.
    private var problem: String? {
        if voters.isEmpty && !(outgoing.isEmpty && learners.isEmpty) { return "no voters" }
        for list in [voters, outgoing, learners] {
            for (one, next) in zip(list, list.dropFirst()) where one.node >= next.node {
                return "\(next) after \(one)"
            }
            if list.contains(where: { $0.replica == .none }) { return "a member without replica" }
        }
        if max(voters.count, outgoing.count) > Limits.votersMaximum { return "too many voters" }
        if learners.count > Self.learnersMaximum { return "too many learners" }
        if voters.contains(where: learners.contains) { return "a voter that is a learner" }
        return nil
    }

    private init(
        checking voters: [RaftMember], _ outgoing: [RaftMember], _ learners: [RaftMember],
        at offset: Int
    ) throws(DecodeFailure) {
        self.voters = voters
        self.outgoing = outgoing
        self.learners = learners
        if let problem {
            throw .invalid(what: "configuration with \(problem)", offset: offset)
        }
    }
}

// A byte of version, then the three lists: a byte of count, then node and replica id of each.
extension RaftConfiguration: ByteCodable {
    private static let version: UInt8 = 1

    public func encode(into writer: inout ByteWriter) {
        writer.write(Self.version)
        for list in [voters, outgoing, learners] {
            writer.write(UInt8(list.count))
            for member in list { writer.write(member) }
        }
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        let version = try reader.read(UInt8.self)
        guard version == Self.version else {
            throw reader.unknown("configuration version", tag: version)
        }
        let voters = try Self.members(from: &reader)
        let outgoing = try Self.members(from: &reader)
        let learners = try Self.members(from: &reader)
        try self.init(checking: voters, outgoing, learners, at: reader.offset)
    }

    private static func members(
        from reader: inout ByteReader
    ) throws(DecodeFailure) -> [RaftMember] {
        let count = Int(try reader.read(UInt8.self))
        try reader.expect(count <= max(Limits.votersMaximum, learnersMaximum), "\(count) members")
        var members: [RaftMember] = []
        for _ in 0..<count { members.append(try reader.read()) }
        return members
    }
}

extension RaftConfiguration: CustomStringConvertible {
    /// `n1/y1 n2/y2`, while joint behind `→` what comes, learners behind `+`.
    public var description: String {
        func text(_ members: [RaftMember]) -> String {
            members.map(\.description).joined(separator: " ")
        }
        var line = isJoint ? "\(text(outgoing)) → \(text(voters))" : text(voters)
        if !learners.isEmpty { line += " + \(text(learners))" }
        return isEmpty ? "nobody" : line
    }
}

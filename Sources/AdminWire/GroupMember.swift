public import Toolbox
public import Vocabulary

/// A copy that a group's configuration names, as the copy that tells of it sees it.
public struct GroupMember: AdminShape {
    public enum Standing: String, CaseIterable, Hashable, Sendable {
        /// Its vote counts, and goes on to count.
        case voter
        /// While the group moves from one set of voters to another: of the new one alone.
        case incoming
        /// Of the old one alone.
        case outgoing
        /// Gets the log and has no vote.
        case learner
    }

    public var node: NodeID
    public var replica: ReplicaID
    public var standing: Standing
    /// How far its log agrees with the leader's; told by leaders of the others.
    public var match: LogIndex?

    public init(
        node: NodeID, replica: ReplicaID, standing: Standing, match: LogIndex? = nil
    ) {
        self.node = node
        self.replica = replica
        self.standing = standing
        self.match = match
    }

    public func write(into json: inout JSONWriter) {
        json.beginObject()
        json.member("node", numbered: node)
        json.member("replica", named: replica)
        json.member("standing", standing.rawValue)
        json.member("match", numbered: match)
        json.endObject()
    }

    public init(from value: JSONValue) throws(AdminFailure) {
        let fields = try AdminFields(value, of: "member")
        node = try fields.numbered("node")
        replica = try fields.named("replica")
        standing = try fields.choice("standing")
        match = try fields.numberedIfAny("match")
    }
}

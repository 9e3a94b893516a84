public import Vocabulary

/// Which copy of which replicated log an instance is.
public struct RaftIdentity: Hashable, Sendable {
    public let group: ReplicaGroupID
    public let member: RaftMember

    public init(group: ReplicaGroupID, member: RaftMember) {
        self.group = group
        self.member = member
    }

    public var node: NodeID { member.node }
    public var replica: ReplicaID { member.replica }
}

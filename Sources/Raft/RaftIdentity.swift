public import Vocabulary

/// Which copy of which replicated log an instance is.
public struct RaftIdentity: Hashable, Sendable {
    public let group: ReplicaGroupID
    public let node: NodeID

    public init(group: ReplicaGroupID, node: NodeID) {
        self.group = group
        self.node = node
    }
}

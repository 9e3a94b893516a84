public import Messages
public import Vocabulary

/// One effect of a message group, streamed to this node in log order.
public struct Delivery: Hashable, Sendable {
    public var group: ReplicaGroupID
    /// Its `readers` are only users whose home is this node.
    public var event: MessageEffect

    public init(group: ReplicaGroupID, event: MessageEffect) {
        self.group = group
        self.event = event
    }
}

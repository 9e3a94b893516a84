public import Toolbox
public import Vocabulary

extension RaftMessage: ByteCodable {}

extension RaftInstance {
    /// The founders that this one, the first, has not heard of yet; empty unless it founds.
    public var awaitedFounders: [NodeID] {
        (founding?.silent ?? []).filter { $0 != identity.node }
    }
}

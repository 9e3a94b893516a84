public import Vocabulary
import Toolbox

/// The nodes whose majority decides, in ascending order, at most `Limits.votersMaximum`.
public struct VoterSet: Hashable, Sendable {
    public let nodes: [NodeID]

    /// - Precondition: 1 to `Limits.votersMaximum` different nodes, in any order.
    public init(_ nodes: [NodeID]) {
        var sorted: [NodeID] = []
        for node in nodes.sorted() where sorted.last != node { sorted.append(node) }
        invariant(!sorted.isEmpty, "a group without voters")
        invariant(
            sorted.count <= Limits.votersMaximum,
            "\(sorted.count) voters, at most \(Limits.votersMaximum)")
        self.nodes = sorted
    }

    public var count: Int { nodes.count }
    /// How many make a majority.
    public var quorum: Int { nodes.count / 2 + 1 }

    /// The place of `node` in `nodes`; nil if it is no voter.
    public func position(of node: NodeID) -> Int? {
        for position in nodes.indices where nodes[position] == node { return position }
        return nil
    }

    public func contains(_ node: NodeID) -> Bool { position(of: node) != nil }
}

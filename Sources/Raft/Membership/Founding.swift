import Toolbox
import Vocabulary

/// The first founder's questions to the others: nobody may hold anything of the group.
struct Founding: Sendable {
    /// Ascending.
    let nodes: [NodeID]
    /// By position in `nodes`; `.none` where no answer came yet.
    private(set) var replicas: [ReplicaID]

    /// Nil unless `own` is the first of `founders`.
    init?(_ founders: [NodeID], own: NodeID) {
        guard founders.first == own else { return nil }
        var nodes: [NodeID] = []
        for node in founders.sorted() where node != nodes.last { nodes.append(node) }
        invariant(
            nodes.count <= Limits.votersMaximum,
            "\(nodes.count) founders, at most \(Limits.votersMaximum)")
        self.nodes = nodes
        replicas = nodes.map { _ in .none }
    }

    mutating func note(_ member: RaftMember) {
        guard let position = nodes.firstIndex(of: member.node) else { return }
        replicas[position] = member.replica
    }

    var silent: [NodeID] { nodes.indices.filter { replicas[$0] == .none }.map { nodes[$0] } }

    /// All of them; nil until each has answered.
    var members: [RaftMember]? {
        guard silent.isEmpty else { return nil }
        return nodes.indices.map { RaftMember(node: nodes[$0], replica: replicas[$0]) }
    }
}

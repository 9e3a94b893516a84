public import Vocabulary

/// The receiving side of streams: who refused one request of a stream refuses the rest of it.
public struct RequestIntake: Sendable {
    private struct Path: Hashable {
        var node: NodeID
        var group: ReplicaGroupID
    }

    private var refused: [Path: UInt64] = [:]

    public init() {}

    /// Whether requests of this stream are still taken.
    public func takes(_ request: RoutedRequest, from node: NodeID) -> Bool {
        let path = Path(node: node, group: request.group)
        return request.stream > refused[path, default: 0]
    }

    public mutating func refuse(_ request: RoutedRequest, from node: NodeID) {
        let path = Path(node: node, group: request.group)
        refused[path] = max(refused[path, default: 0], request.stream)
    }

    /// The link to `node` starts anew, and so do its streams.
    public mutating func forget(_ node: NodeID) {
        refused = refused.filter { $0.key.node != node }
    }
}

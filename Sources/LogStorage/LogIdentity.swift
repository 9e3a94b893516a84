import Toolbox
public import Vocabulary

/// Whose log it is. Bytes of another cluster or node are refused.
public struct LogIdentity: Hashable, Sendable {
    /// A hash of the cluster's name, see `LogIdentity.hash(ofClusterName:)`.
    public let cluster: UInt64
    public let node: NodeID
    /// A number that the shell hopes to be new; recovery takes a larger one if it must.
    public let incarnation: Incarnation

    public init(cluster: UInt64, node: NodeID, incarnation: Incarnation) {
        self.cluster = cluster
        self.node = node
        self.incarnation = incarnation
    }

    public static func hash(ofClusterName name: String) -> UInt64 { XXH64.hash(Bytes(name)) }

    /// What makes the checksums of one segment differ from those of every other use of the same
    /// bytes: no two segments of all lives of a node share (incarnation, sequence).
    func nonce(ofSegment sequence: UInt64) -> UInt64 {
        var writer = ByteWriter(reserving: 32)
        writer.write(cluster)
        writer.write(UInt64(node.rawValue))
        writer.write(incarnation.rawValue)
        writer.write(sequence)
        return XXH64.hash(writer.take(), seed: 0x524F_4F4B)
    }
}

public import Toolbox
public import Vocabulary

/// One copy of a replicated log: the node it is on, and which of that node's copies it is.
///
/// A disk that lost what it held gets a new `replica`, so that nobody takes it for the voter that
/// it was: what that one promised is forgotten here. Ordered by node, then by replica.
public struct RaftMember: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let node: NodeID
    public let replica: ReplicaID

    public init(node: NodeID, replica: ReplicaID) {
        self.node = node
        self.replica = replica
    }

    public static func < (left: RaftMember, right: RaftMember) -> Bool {
        (left.node, left.replica) < (right.node, right.replica)
    }

    public var description: String { "\(node)/\(replica)" }
}

extension RaftMember: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.write(node.rawValue)
        writer.write(replica.rawValue)
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        self.init(node: NodeID(try reader.read()), replica: ReplicaID(try reader.read()))
    }
}

public import Toolbox
public import Vocabulary

/// The connection that a session's client has: of which life of which node, and which one there.
public struct CoordinationOwner: Hashable, Sendable {
    public var node: NodeID
    public var incarnation: Incarnation
    public var connection: ConnectionID

    public init(node: NodeID, incarnation: Incarnation, connection: ConnectionID) {
        self.node = node
        self.incarnation = incarnation
        self.connection = connection
    }
}

extension CoordinationOwner: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.write(node.rawValue)
        writer.write(incarnation.rawValue)
        writer.write(connection.rawValue)
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        node = NodeID(try reader.read(UInt16.self))
        incarnation = Incarnation(try reader.read(UInt64.self))
        connection = ConnectionID(try reader.read(UInt64.self))
    }
}

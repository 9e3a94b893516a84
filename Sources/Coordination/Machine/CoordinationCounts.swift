public import Toolbox

/// How much a coordination machine holds.
public struct CoordinationCounts: Hashable, Sendable {
    public let nodes: Int
    public let ephemerals: Int
    public let sessions: Int
    /// Of all paths and data.
    public let contentBytes: Int
}

extension CoordinationCounts: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        for count in [nodes, ephemerals, sessions, contentBytes] { writer.write(Int64(count)) }
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        nodes = Int(try reader.read(Int64.self))
        ephemerals = Int(try reader.read(Int64.self))
        sessions = Int(try reader.read(Int64.self))
        contentBytes = Int(try reader.read(Int64.self))
    }
}

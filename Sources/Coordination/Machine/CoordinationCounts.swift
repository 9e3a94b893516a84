public import Toolbox
public import Vocabulary

/// How much a coordination machine holds.
public struct CoordinationCounts: Hashable, Sendable {
    /// The last command: everything committed before it is counted.
    public let through: LogIndex
    public let nodes: Int
    public let ephemerals: Int
    public let sessions: Int
    /// Of all paths and data.
    public let contentBytes: Int
}

extension CoordinationCounts: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.write(through)
        for count in [nodes, ephemerals, sessions, contentBytes] { writer.write(Int64(count)) }
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        through = try reader.read()
        nodes = Int(try reader.read(Int64.self))
        ephemerals = Int(try reader.read(Int64.self))
        sessions = Int(try reader.read(Int64.self))
        contentBytes = Int(try reader.read(Int64.self))
    }
}

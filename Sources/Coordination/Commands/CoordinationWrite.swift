public import Toolbox
public import ZooKeeperWire

/// A client's write, as it goes into the log.
public struct CoordinationWrite: Hashable, Sendable {
    public var requester: CoordinationRequester
    /// What the connection has proved to be, its address included; `world` is left out. The scheme
    /// `super` may do everything a client may, `rookery` may write under `/rookery`.
    public var identities: [AccessIdentity]
    public var operation: CoordinationOperation

    public init(
        _ operation: CoordinationOperation, by requester: CoordinationRequester,
        as identities: [AccessIdentity]
    ) {
        self.requester = requester
        self.identities = identities
        self.operation = operation
    }
}

extension CoordinationWrite: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.write(requester)
        writer.write(list: identities)
        writer.write(operation)
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        requester = try reader.read()
        identities = try reader.readList()
        operation = try reader.read()
    }
}

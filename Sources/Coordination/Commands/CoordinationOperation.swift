public import Toolbox
public import ZooKeeperWire

/// What a client's write asks for.
///
/// As `ByteCodable` it is the protocol's own operation code and record, but for a multi, which is
/// counted.
public enum CoordinationOperation: Hashable, Sendable {
    /// Any but a check, which has no meaning alone and is refused.
    case one(MultiOperation)
    case setACL(SetACLRequest)
    case multi([MultiOperation])

    /// Nil for what is no write of the tree: reads, `closeSession`, `reconfig`.
    public init?(_ request: ZooKeeperRequest) {
        switch request {
        case .create(let create): self = .one(.create(create))
        case .delete(let delete): self = .one(.delete(delete))
        case .setData(let setData): self = .one(.setData(setData))
        case .setACL(let setACL): self = .setACL(setACL)
        case .multi(let operations): self = .multi(operations)
        case .exists, .getData, .getACL, .getChildren, .getChildren2, .sync, .ping, .multiRead,
            .reconfig, .checkWatches, .removeWatches, .auth, .setWatches, .setWatches2,
            .addWatch, .sasl, .getEphemerals, .getAllChildrenNumber, .whoAmI, .closeSession:
            return nil
        }
    }
}

extension CoordinationOperation: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        switch self {
        case .one(let operation): operation.encode(into: &writer)
        case .setACL(let request):
            writer.writeBigEndian(OperationCode.setACL.rawValue)
            request.encode(into: &writer)
        case .multi(let operations):
            writer.writeBigEndian(OperationCode.multi.rawValue)
            writer.write(list: operations)
        }
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        var ahead = reader
        switch try ahead.readBigEndian(Int32.self) {
        case OperationCode.setACL.rawValue:
            self = .setACL(try SetACLRequest(from: &ahead))
            reader = ahead
        case OperationCode.multi.rawValue:
            self = .multi(try ahead.readList())
            reader = ahead
        default: self = .one(try MultiOperation(from: &reader))
        }
    }
}

public import Toolbox

/// What a client may ask, one case for each operation but the four that create.
///
/// As `ByteCodable` it is its operation code and its record: what stands behind the xid in a frame.
/// What is decoded shares the frame's storage.
public enum ZooKeeperRequest: Hashable, Sendable {
    /// Ops 1, 15, 19 and 21.
    case create(CreateRequest)
    case delete(DeleteRequest)
    case exists(ReadRequest)
    case getData(ReadRequest)
    case setData(SetDataRequest)
    case getACL(ZnodePath)
    case setACL(SetACLRequest)
    /// Answered with the names alone.
    case getChildren(ReadRequest)
    case getChildren2(ReadRequest)
    case sync(ZnodePath)
    case ping
    case multi([MultiOperation])
    case multiRead([MultiReadOperation])
    case reconfig(ReconfigRequest)
    case checkWatches(WatchSelectionRequest)
    case removeWatches(WatchSelectionRequest)
    case auth(AuthenticationRequest)
    case setWatches(SetWatchesRequest)
    case setWatches2(SetWatchesRequest)
    case addWatch(AddWatchRequest)
    /// A step of a SASL exchange; null is kept.
    case sasl(token: Bytes?)
    case getEphemerals(prefix: Bytes)
    case getAllChildrenNumber(ZnodePath)
    case whoAmI
    case closeSession

    public var operation: OperationCode {
        switch self {
        case .create(let request): request.variant.operation
        case .delete: .delete
        case .exists: .exists
        case .getData: .getData
        case .setData: .setData
        case .getACL: .getACL
        case .setACL: .setACL
        case .getChildren: .getChildren
        case .getChildren2: .getChildren2
        case .sync: .sync
        case .ping: .ping
        case .multi: .multi
        case .multiRead: .multiRead
        case .reconfig: .reconfig
        case .checkWatches: .checkWatches
        case .removeWatches: .removeWatches
        case .auth: .auth
        case .setWatches: .setWatches
        case .setWatches2: .setWatches2
        case .addWatch: .addWatch
        case .sasl: .sasl
        case .getEphemerals: .getEphemerals
        case .getAllChildrenNumber: .getAllChildrenNumber
        case .whoAmI: .whoAmI
        case .closeSession: .closeSession
        }
    }
}

extension ZooKeeperRequest: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.writeBigEndian(operation.rawValue)
        switch self {
        case .create(let request): request.encode(into: &writer)
        case .delete(let request): request.encode(into: &writer)
        case .exists(let request), .getData(let request), .getChildren(let request),
            .getChildren2(let request):
            request.encode(into: &writer)
        case .setData(let request): request.encode(into: &writer)
        case .setACL(let request): request.encode(into: &writer)
        case .getACL(let path), .sync(let path), .getAllChildrenNumber(let path):
            path.encode(into: &writer)
        case .multi(let operations): writer.write(multi: operations)
        case .multiRead(let operations): writer.write(multiRead: operations)
        case .reconfig(let request): request.encode(into: &writer)
        case .checkWatches(let request), .removeWatches(let request):
            request.encode(into: &writer)
        case .auth(let request): request.encode(into: &writer)
        case .setWatches(let request): request.encode(into: &writer)
        case .setWatches2(let request): request.encodeAll(into: &writer)
        case .addWatch(let request): request.encode(into: &writer)
        case .sasl(let token): writer.writeJute(optional: token)
        case .getEphemerals(let prefix): writer.writeJute(prefix)
        case .ping, .whoAmI, .closeSession: break
        }
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        let type = try reader.readJuteInt()
        guard let operation = OperationCode(rawValue: type) else {
            throw .invalid(what: "operation \(type)", offset: reader.offset - 4)
        }
        try self.init(operation, from: &reader)
    }

    /// The record of `operation`.
    init(_ operation: OperationCode, from reader: inout ByteReader) throws(DecodeFailure) {
        switch operation {
        case .create: self = .create(try CreateRequest(.create, from: &reader))
        case .create2: self = .create(try CreateRequest(.create2, from: &reader))
        case .createContainer: self = .create(try CreateRequest(.container, from: &reader))
        case .createTTL: self = .create(try CreateRequest(.timeToLive, from: &reader))
        case .delete: self = .delete(try DeleteRequest(from: &reader))
        case .exists: self = .exists(try ReadRequest(from: &reader))
        case .getData: self = .getData(try ReadRequest(from: &reader))
        case .setData: self = .setData(try SetDataRequest(from: &reader))
        case .getACL: self = .getACL(try ZnodePath(from: &reader))
        case .setACL: self = .setACL(try SetACLRequest(from: &reader))
        case .getChildren: self = .getChildren(try ReadRequest(from: &reader))
        case .getChildren2: self = .getChildren2(try ReadRequest(from: &reader))
        case .sync: self = .sync(try ZnodePath(from: &reader))
        case .ping: self = .ping
        case .multi: self = .multi(try reader.readMulti())
        case .multiRead: self = .multiRead(try reader.readMultiRead())
        case .reconfig: self = .reconfig(try ReconfigRequest(from: &reader))
        case .checkWatches: self = .checkWatches(try WatchSelectionRequest(from: &reader))
        case .removeWatches: self = .removeWatches(try WatchSelectionRequest(from: &reader))
        case .auth: self = .auth(try AuthenticationRequest(from: &reader))
        case .setWatches: self = .setWatches(try SetWatchesRequest(from: &reader))
        case .setWatches2: self = .setWatches2(try SetWatchesRequest(allFrom: &reader))
        case .addWatch: self = .addWatch(try AddWatchRequest(from: &reader))
        case .sasl: self = .sasl(token: try reader.readJuteOptional())
        case .getEphemerals:
            self = .getEphemerals(prefix: try reader.readJuteRequired("prefix"))
        case .getAllChildrenNumber: self = .getAllChildrenNumber(try ZnodePath(from: &reader))
        case .whoAmI: self = .whoAmI
        case .closeSession: self = .closeSession
        case .check: throw .invalid(what: "check outside of a multi", offset: reader.offset)
        }
    }
}

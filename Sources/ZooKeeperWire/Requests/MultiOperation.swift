public import Toolbox

/// One of the writes that a multi does all or none of.
///
/// As `ByteCodable` it is its operation code and its record.
public enum MultiOperation: Hashable, Sendable {
    case create(CreateRequest)
    case delete(DeleteRequest)
    case setData(SetDataRequest)
    case check(CheckRequest)

    public var operation: OperationCode {
        switch self {
        case .create(let request): request.variant.operation
        case .delete: .delete
        case .setData: .setData
        case .check: .check
        }
    }

    public var path: ZnodePath {
        switch self {
        case .create(let request): request.path
        case .delete(let request): request.path
        case .setData(let request): request.path
        case .check(let request): request.path
        }
    }
}

/// One of the reads of a multiRead. Their watch flags mean nothing and are not kept.
public enum MultiReadOperation: Hashable, Sendable {
    case getData(ZnodePath)
    case getChildren(ZnodePath)

    public var operation: OperationCode {
        switch self {
        case .getData: .getData
        case .getChildren: .getChildren
        }
    }
}

/// What stands before each entry of a multi and behind the last.
struct MultiHeader {
    static let encodedBytes = 9
    static let end = MultiHeader(type: -1, isEnd: true, error: -1)

    let type: Int32
    let isEnd: Bool
    let error: Int32

    init(type: Int32, isEnd: Bool = false, error: Int32) {
        self.type = type
        self.isEnd = isEnd
        self.error = error
    }

    init(request operation: OperationCode) { self.init(type: operation.rawValue, error: -1) }

    func encode(into writer: inout ByteWriter) {
        writer.writeBigEndian(type)
        writer.write(isEnd)
        writer.writeBigEndian(error)
    }

    init(from reader: inout ByteReader) throws(DecodeFailure) {
        type = try reader.readJuteInt()
        isEnd = try reader.readJuteBool()
        error = try reader.readJuteInt()
    }
}

extension MultiOperation: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.writeBigEndian(operation.rawValue)
        encodeRecord(into: &writer)
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        try self.init(type: try reader.readJuteInt(), from: &reader)
    }

    func encodeRecord(into writer: inout ByteWriter) {
        switch self {
        case .create(let request): request.encode(into: &writer)
        case .delete(let request): request.encode(into: &writer)
        case .setData(let request): request.encode(into: &writer)
        case .check(let request): request.encode(into: &writer)
        }
    }

    init(type: Int32, from reader: inout ByteReader) throws(DecodeFailure) {
        if let variant = CreateRequest.Variant(rawValue: type) {
            self = .create(try CreateRequest(variant, from: &reader))
            return
        }
        switch type {
        case OperationCode.delete.rawValue: self = .delete(try DeleteRequest(from: &reader))
        case OperationCode.setData.rawValue: self = .setData(try SetDataRequest(from: &reader))
        case OperationCode.check.rawValue: self = .check(try CheckRequest(from: &reader))
        default: throw .invalid(what: "operation \(type) in a multi", offset: reader.offset)
        }
    }
}

extension MultiReadOperation {
    func encodeRecord(into writer: inout ByteWriter) {
        switch self {
        case .getData(let path), .getChildren(let path): path.encode(into: &writer)
        }
        writer.write(false)
    }

    init(type: Int32, from reader: inout ByteReader) throws(DecodeFailure) {
        switch type {
        case OperationCode.getData.rawValue: self = .getData(try ZnodePath(from: &reader))
        case OperationCode.getChildren.rawValue: self = .getChildren(try ZnodePath(from: &reader))
        default: throw .invalid(what: "operation \(type) in a multiRead", offset: reader.offset)
        }
        _ = try reader.readJuteBool()
    }
}

extension ByteWriter {
    mutating func write(multi operations: [MultiOperation]) {
        for operation in operations {
            MultiHeader(request: operation.operation).encode(into: &self)
            operation.encodeRecord(into: &self)
        }
        MultiHeader.end.encode(into: &self)
    }

    mutating func write(multiRead operations: [MultiReadOperation]) {
        for operation in operations {
            MultiHeader(request: operation.operation).encode(into: &self)
            operation.encodeRecord(into: &self)
        }
        MultiHeader.end.encode(into: &self)
    }
}

extension ByteReader {
    /// Entries up to the end's mark, which must be there.
    mutating func readMulti() throws(DecodeFailure) -> [MultiOperation] {
        var operations: [MultiOperation] = []
        while true {
            let header = try MultiHeader(from: &self)
            if header.isEnd { return operations }
            operations.append(try MultiOperation(type: header.type, from: &self))
        }
    }

    mutating func readMultiRead() throws(DecodeFailure) -> [MultiReadOperation] {
        var operations: [MultiReadOperation] = []
        while true {
            let header = try MultiHeader(from: &self)
            if header.isEnd { return operations }
            operations.append(try MultiReadOperation(type: header.type, from: &self))
        }
    }
}

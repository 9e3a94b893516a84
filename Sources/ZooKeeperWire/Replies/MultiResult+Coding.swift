public import Toolbox

extension MultiResult {
    private static let failureType: Int32 = -1

    /// Of the header before it.
    private var type: Int32 {
        switch self {
        case .created: OperationCode.create.rawValue
        case .createdWithStat: OperationCode.create2.rawValue
        case .deleted: OperationCode.delete.rawValue
        case .dataSet: OperationCode.setData.rawValue
        case .checked: OperationCode.check.rawValue
        case .data: OperationCode.getData.rawValue
        case .children: OperationCode.getChildren.rawValue
        case .rolledBack, .failed: Self.failureType
        }
    }

    private var errorCode: Int32 {
        if case .failed(let error) = self { return error.rawValue }
        return 0
    }
}

/// Its header, then what was asked for.
extension MultiResult: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        MultiHeader(type: type, error: errorCode).encode(into: &writer)
        switch self {
        case .created(let path): path.encode(into: &writer)
        case .createdWithStat(let path, let stat):
            path.encode(into: &writer)
            stat.encode(into: &writer)
        case .dataSet(let stat): stat.encode(into: &writer)
        case .data(let data, let stat):
            writer.writeJute(optional: data)
            stat.encode(into: &writer)
        case .children(let names): writer.writeJute(texts: names)
        case .rolledBack, .failed: writer.writeBigEndian(errorCode)
        case .deleted, .checked: break
        }
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        let header = try MultiHeader(from: &reader)
        guard !header.isEnd else { throw .invalid(what: "end", offset: reader.offset) }
        try self.init(type: header.type, from: &reader)
    }

    init(type: Int32, from reader: inout ByteReader) throws(DecodeFailure) {
        switch type {
        case OperationCode.create.rawValue: self = .created(try ZnodePath(from: &reader))
        case OperationCode.create2.rawValue:
            self = .createdWithStat(try ZnodePath(from: &reader), try NodeStat(from: &reader))
        case OperationCode.delete.rawValue: self = .deleted
        case OperationCode.setData.rawValue: self = .dataSet(try NodeStat(from: &reader))
        case OperationCode.check.rawValue: self = .checked
        case OperationCode.getData.rawValue:
            self = .data(try reader.readJuteOptional(), try NodeStat(from: &reader))
        case OperationCode.getChildren.rawValue: self = .children(try reader.readJuteTexts())
        case Self.failureType:
            let error = try reader.readError()
            self = error.map { .failed($0) } ?? .rolledBack
        default: throw .invalid(what: "result \(type) of a multi", offset: reader.offset)
        }
    }
}

extension ByteWriter {
    mutating func write(results: [MultiResult]) {
        for result in results { result.encode(into: &self) }
        MultiHeader.end.encode(into: &self)
    }
}

extension ByteReader {
    /// Results up to the end's mark, which must be there.
    mutating func readResults() throws(DecodeFailure) -> [MultiResult] {
        var results: [MultiResult] = []
        while true {
            let header = try MultiHeader(from: &self)
            if header.isEnd { return results }
            results.append(try MultiResult(type: header.type, from: &self))
        }
    }
}

public import ReplicatedState
public import Toolbox
private import ZooKeeperWire

extension CoordinationReply: ByteCodable, MachineReply {
    public func encode(into writer: inout ByteWriter) {
        writer.write(zxid.rawValue)
        writer.write(optional: requester)
        writer.write(outcome)
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        self.init(
            zxid: Zxid(try reader.read(Int64.self)), requester: try reader.readOptional(),
            outcome: try reader.read())
    }
}

extension CoordinationOutcome: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        switch self {
        case .sessionOpened(let timeout):
            writer.write(UInt8(0))
            writer.write(timeout)
        case .sessionAttached(let timeout):
            writer.write(UInt8(1))
            writer.write(timeout)
        case .sessionClosed: writer.write(UInt8(2))
        case .sessionClosing: writer.write(UInt8(3))
        case .created(let path):
            writer.write(UInt8(4))
            writer.write(path)
        case .createdWithStat(let path, let stat):
            writer.write(UInt8(5))
            writer.write(path)
            writer.write(stat)
        case .deleted: writer.write(UInt8(6))
        case .dataSet(let stat):
            writer.write(UInt8(7))
            writer.write(stat)
        case .accessSet(let stat):
            writer.write(UInt8(8))
            writer.write(stat)
        case .multi(let results):
            writer.write(UInt8(9))
            writer.writeList(results) { $0.write(result: $1) }
        case .sessionsExpired(let count):
            writer.write(UInt8(10))
            writer.write(UInt32(count))
        case .closingContinued: writer.write(UInt8(11))
        case .reaped(let count):
            writer.write(UInt8(12))
            writer.write(UInt32(count))
        case .refused(let error):
            writer.write(UInt8(13))
            writer.write(error.rawValue)
        }
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        switch try reader.read(UInt8.self) {
        case 0: self = .sessionOpened(timeoutMilliseconds: try reader.read())
        case 1: self = .sessionAttached(timeoutMilliseconds: try reader.read())
        case 2: self = .sessionClosed
        case 3: self = .sessionClosing
        case 4: self = .created(try reader.read())
        case 5: self = .createdWithStat(try reader.read(), try reader.read())
        case 6: self = .deleted
        case 7: self = .dataSet(try reader.read())
        case 8: self = .accessSet(try reader.read())
        case 9:
            self = .multi(
                try reader.readList { reader throws(DecodeFailure) in
                    try reader.readMultiResult()
                })
        case 10: self = .sessionsExpired(count: Int(try reader.read(UInt32.self)))
        case 11: self = .closingContinued
        case 12: self = .reaped(count: Int(try reader.read(UInt32.self)))
        case 13: self = .refused(try reader.readError())
        case let tag: throw reader.unknown("coordination outcome", tag: tag)
        }
    }
}

extension ByteWriter {
    fileprivate mutating func write(result: MultiResult) {
        switch result {
        case .created(let path):
            write(UInt8(0))
            write(path)
        case .createdWithStat(let path, let stat):
            write(UInt8(1))
            write(path)
            write(stat)
        case .deleted: write(UInt8(2))
        case .dataSet(let stat):
            write(UInt8(3))
            write(stat)
        case .checked: write(UInt8(4))
        case .data(let data, let stat):
            write(UInt8(5))
            writeOptional(data) { $0.writeCounted($1) }
            write(stat)
        case .children(let names):
            write(UInt8(6))
            writeList(names) { $0.writeCounted($1) }
        case .rolledBack: write(UInt8(7))
        case .failed(let error):
            write(UInt8(8))
            write(error.rawValue)
        }
    }
}

extension ByteReader {
    fileprivate mutating func readMultiResult() throws(DecodeFailure) -> MultiResult {
        switch try read(UInt8.self) {
        case 0: return .created(try read())
        case 1: return .createdWithStat(try read(), try read())
        case 2: return .deleted
        case 3: return .dataSet(try read())
        case 4: return .checked
        case 5:
            let data = try readOptional { reader throws(DecodeFailure) in
                try reader.readCounted()
            }
            return .data(data, try read())
        case 6:
            return .children(
                try readList { reader throws(DecodeFailure) in try reader.readCounted() })
        case 7: return .rolledBack
        case 8: return .failed(try readError())
        case let tag: throw unknown("result of a multi", tag: tag)
        }
    }

    fileprivate mutating func readError() throws(DecodeFailure) -> ZooKeeperError {
        let raw = try read(Int32.self)
        guard let error = ZooKeeperError(rawValue: raw) else {
            throw .invalid(what: "error \(raw)", offset: offset - 4)
        }
        return error
    }
}

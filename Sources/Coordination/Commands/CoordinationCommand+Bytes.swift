public import Toolbox
private import Vocabulary
private import ZooKeeperWire

extension CoordinationCommand: ByteCodable {
    private static let formatVersion: UInt8 = 1

    public func encode(into writer: inout ByteWriter) {
        writer.write(Self.formatVersion)
        switch self {
        case .write(let write):
            writer.write(UInt8(0))
            writer.write(write)
        case .openSession(let session, let timeout, let owner):
            writer.write(UInt8(1))
            writer.write(session.rawValue)
            writer.write(timeout)
            writer.write(owner)
        case .attachSession(let session, let timeout, let owner):
            writer.write(UInt8(2))
            writer.write(session.rawValue)
            writer.write(timeout)
            writer.write(owner)
        case .closeSession(let requester):
            writer.write(UInt8(3))
            writer.write(requester)
        case .expireSessions(let sessions, let term):
            writer.write(UInt8(4))
            writer.write(list: sessions)
            writer.write(term.rawValue)
        case .continueClosing: writer.write(UInt8(5))
        case .reap(let paths):
            writer.write(UInt8(6))
            writer.write(list: paths)
        case .publishConfiguration(let data, let requester):
            writer.write(UInt8(7))
            writer.writeCounted(data)
            writer.write(optional: requester)
        }
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        let version = try reader.read(UInt8.self)
        try reader.expect(version == Self.formatVersion, "command format \(version)")
        switch try reader.read(UInt8.self) {
        case 0: self = .write(try reader.read())
        case 1:
            self = .openSession(
                CoordinationSessionID(try reader.read(Int64.self)),
                timeoutMilliseconds: try reader.read(), owner: try reader.read())
        case 2:
            self = .attachSession(
                CoordinationSessionID(try reader.read(Int64.self)),
                timeoutMilliseconds: try reader.read(), owner: try reader.read())
        case 3: self = .closeSession(try reader.read())
        case 4:
            self = .expireSessions(
                try reader.readList(), term: Term(try reader.read(UInt64.self)))
        case 5: self = .continueClosing
        case 6: self = .reap(try reader.readList())
        case 7:
            self = .publishConfiguration(
                try reader.readCounted(), requester: try reader.readOptional())
        case let tag: throw reader.unknown("coordination command", tag: tag)
        }
    }
}

extension ExpiringSession: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.write(session.rawValue)
        writer.write(attachment.rawValue)
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        session = CoordinationSessionID(try reader.read(Int64.self))
        attachment = Zxid(try reader.read(Int64.self))
    }
}

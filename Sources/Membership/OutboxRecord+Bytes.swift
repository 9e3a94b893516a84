public import Toolbox
private import Vocabulary

extension OutboxRecord: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.write(chat)
        writer.write(version)
        writer.write(actor)
        writer.write(action)
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        self.init(
            chat: try reader.read(), version: try reader.read(), actor: try reader.read(),
            action: try reader.read())
    }
}

extension OutboxRecord.Action: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        switch self {
        case .create(let isDirect, let sharesHistory, let title, let members):
            writer.write(UInt8(0))
            writer.write(isDirect)
            writer.write(sharesHistory)
            writer.writeCounted(title)
            writer.write(list: members)
        case .join(let members):
            writer.write(UInt8(1))
            writer.write(list: members)
        case .leave(let user):
            writer.write(UInt8(2))
            writer.write(user)
        case .role(let user, let role):
            writer.write(UInt8(3))
            writer.write(user)
            writer.write(role)
        }
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        switch try reader.read(UInt8.self) {
        case 0:
            self = .create(
                isDirect: try reader.readBool(), sharesHistory: try reader.readBool(),
                title: try reader.readCountedText(), members: try reader.readList())
        case 1: self = .join(try reader.readList())
        case 2: self = .leave(try reader.read())
        case 3: self = .role(try reader.read(), try reader.read())
        case let tag: throw reader.unknown("outbox action", tag: tag)
        }
    }
}

extension OutboxMember: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.write(user)
        writer.write(role)
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        self.init(user: try reader.read(), role: try reader.read())
    }
}

extension MembershipEffect: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        switch self {
        case .outbox(let record):
            writer.write(UInt8(0))
            writer.write(record)
        case .listChanged(let user, let chat, let isAdded):
            writer.write(UInt8(1))
            writer.write(user)
            writer.write(chat)
            writer.write(isAdded)
        }
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        switch try reader.read(UInt8.self) {
        case 0: self = .outbox(try reader.read())
        case 1:
            self = .listChanged(
                user: try reader.read(), chat: try reader.read(), isAdded: try reader.readBool())
        case let tag: throw reader.unknown("membership effect", tag: tag)
        }
    }
}

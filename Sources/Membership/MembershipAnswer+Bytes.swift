public import Toolbox
private import Vocabulary

extension MembershipAnswer: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        switch self {
        case .account(let account):
            writer.write(UInt8(0))
            writer.write(account)
        case .chats(let position, let chats):
            writer.write(UInt8(1))
            writer.write(position)
            writer.write(list: chats)
        case .chat(let isDirect, let title, let version, let pending, let members):
            writer.write(UInt8(2))
            writer.write(isDirect)
            writer.writeCounted(title)
            writer.write(version)
            writer.write(pending)
            writer.write(list: members)
        case .outbox(let records):
            writer.write(UInt8(3))
            writer.write(list: records)
        case .counts(let users, let chats, let outbox):
            writer.write(UInt8(4))
            writer.write(users)
            writer.write(chats)
            writer.write(outbox)
        case .refused(let refusal):
            writer.write(UInt8(5))
            writer.write(refusal)
        }
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        switch try reader.read(UInt8.self) {
        case 0: self = .account(try reader.read())
        case 1: self = .chats(position: try reader.read(), try reader.readList())
        case 2:
            self = .chat(
                isDirect: try reader.readBool(), title: try reader.readCountedText(),
                version: try reader.read(), pending: try reader.readBool(),
                try reader.readList())
        case 3: self = .outbox(try reader.readList())
        case 4:
            self = .counts(
                users: try reader.read(), chats: try reader.read(), outbox: try reader.read())
        case 5: self = .refused(try reader.read())
        case let tag: throw reader.unknown("membership answer", tag: tag)
        }
    }
}

extension Account: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.write(user)
        writer.writeCounted(name)
        writer.writeCounted(displayName)
        writer.writeCounted(email)
        writer.writeCounted(hash)
        writer.write(list: devices)
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        self.init(
            user: try reader.read(), name: try reader.readCountedText(),
            displayName: try reader.readCountedText(), email: try reader.readCountedText(),
            hash: try reader.readCounted(), devices: try reader.readList())
    }
}

extension ListedChat: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.write(chat)
        writer.write(isDirect)
        writer.writeCounted(title)
        writer.write(optional: peer)
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        self.init(
            chat: try reader.read(), isDirect: try reader.readBool(),
            title: try reader.readCountedText(), peer: try reader.readOptional())
    }
}

public import Toolbox
private import Vocabulary

extension MessageCommand: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        switch self {
        case .post(let post):
            writer.write(UInt8(0))
            writer.write(post)
        case .change(let change):
            writer.write(UInt8(1))
            writer.write(change)
        case .mark(let marks):
            writer.write(UInt8(2))
            writer.write(list: marks)
        }
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        switch try reader.read(UInt8.self) {
        case 0: self = .post(try reader.read())
        case 1: self = .change(try reader.read())
        case 2: self = .mark(try reader.readList())
        case let tag: throw reader.unknown("message command", tag: tag)
        }
    }
}

extension Post: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.write(chat)
        writer.write(sender)
        writer.write(clientID)
        writer.write(body)
        writer.write(optional: seen)
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        self.init(
            chat: try reader.read(), sender: try reader.read(), clientID: try reader.read(),
            body: try reader.read(), seen: try reader.readOptional())
    }
}

extension MessageBody: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.writeCounted(text)
        writer.write(optional: replyTo)
        writer.write(list: mentions)
        writer.write(UInt32(attachments.count))
        for attachment in attachments { writer.writeCounted(attachment) }
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        text = try reader.readCounted()
        replyTo = try reader.readOptional()
        mentions = try reader.readList()
        let count = try reader.read(UInt32.self)
        attachments = []
        for _ in 0..<count { attachments.append(try reader.readCountedText()) }
    }
}

extension MembershipChange: ByteCodable {
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

extension MembershipChange.Action: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        switch self {
        case .create(let kind, let history, let title, let members):
            writer.write(UInt8(0))
            writer.write(kind)
            writer.write(history)
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
                kind: try reader.read(), history: try reader.read(),
                title: try reader.readCountedText(), members: try reader.readList())
        case 1: self = .join(try reader.readList())
        case 2: self = .leave(try reader.read())
        case 3: self = .role(try reader.read(), try reader.read())
        case let tag: throw reader.unknown("membership change", tag: tag)
        }
    }
}

extension ChatKind: ByteCodable {}
extension HistoryAccess: ByteCodable {}
extension ChatRole: ByteCodable {}

extension ChatMember: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.write(user)
        writer.write(role)
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        self.init(user: try reader.read(), role: try reader.read())
    }
}

extension Mark: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.write(chat)
        writer.write(user)
        writer.write(optional: delivered)
        writer.write(optional: read)
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        self.init(
            chat: try reader.read(), user: try reader.read(),
            delivered: try reader.readOptional(), read: try reader.readOptional())
    }
}

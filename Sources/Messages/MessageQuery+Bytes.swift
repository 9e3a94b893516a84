public import Toolbox
private import Vocabulary

extension MessageQuery: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        switch self {
        case .page(let chat, let user, let anchor, let limit):
            writer.write(UInt8(0))
            writer.write(chat)
            writer.write(user)
            writer.write(anchor)
            writer.write(limit)
        case .heads(let user, let chats, let since):
            writer.write(UInt8(1))
            writer.write(user)
            writer.write(list: chats)
            writer.write(since)
        case .members(let chat, let user):
            writer.write(UInt8(2))
            writer.write(chat)
            writer.write(user)
        case .describe(let chat):
            writer.write(UInt8(3))
            writer.write(chat)
        case .counts: writer.write(UInt8(4))
        }
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        switch try reader.read(UInt8.self) {
        case 0:
            self = .page(
                chat: try reader.read(), user: try reader.read(), anchor: try reader.read(),
                limit: try reader.read())
        case 1:
            self = .heads(
                user: try reader.read(), chats: try reader.readList(), since: try reader.read())
        case 2: self = .members(chat: try reader.read(), user: try reader.read())
        case 3: self = .describe(chat: try reader.read())
        case 4: self = .counts
        case let tag: throw reader.unknown("message query", tag: tag)
        }
    }
}

extension PageAnchor: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        switch self {
        case .newest: writer.write(UInt8(0))
        case .after(let seq):
            writer.write(UInt8(1))
            writer.write(seq)
        case .before(let seq):
            writer.write(UInt8(2))
            writer.write(seq)
        case .at(let seq):
            writer.write(UInt8(3))
            writer.write(seq)
        }
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        switch try reader.read(UInt8.self) {
        case 0: self = .newest
        case 1: self = .after(try reader.read())
        case 2: self = .before(try reader.read())
        case 3: self = .at(try reader.read())
        case let tag: throw reader.unknown("page anchor", tag: tag)
        }
    }
}

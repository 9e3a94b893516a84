public import Toolbox
private import Vocabulary

extension MessageAnswer: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        switch self {
        case .page(let entries, let head):
            writer.write(UInt8(0))
            writer.write(list: entries)
            writer.write(head)
        case .heads(let index, let heads):
            writer.write(UInt8(1))
            writer.write(index)
            writer.write(list: heads)
        case .members(let version, let members):
            writer.write(UInt8(2))
            writer.write(version)
            writer.write(list: members)
        case .description(let description):
            writer.write(UInt8(3))
            writer.write(description)
        case .counts(let chats, let entries, let remembered):
            writer.write(UInt8(4))
            writer.write(chats)
            writer.write(entries)
            writer.write(remembered)
        case .refused(let refusal):
            writer.write(UInt8(5))
            writer.write(refusal)
        }
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        switch try reader.read(UInt8.self) {
        case 0: self = .page(entries: try reader.readList(), head: try reader.read())
        case 1: self = .heads(index: try reader.read(), try reader.readList())
        case 2: self = .members(version: try reader.read(), try reader.readList())
        case 3: self = .description(try reader.read())
        case 4:
            self = .counts(
                chats: try reader.read(), entries: try reader.read(),
                remembered: try reader.read())
        case 5: self = .refused(try reader.read())
        case let tag: throw reader.unknown("message answer", tag: tag)
        }
    }
}

extension ChatHead: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.write(chat)
        writer.write(kind)
        writer.writeCounted(title)
        writer.write(head)
        writer.write(ord)
        writer.write(read)
        writer.write(unread)
        writer.write(optional: last)
        writer.write(membersVersion)
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        self.init(
            chat: try reader.read(), kind: try reader.read(),
            title: try reader.readCountedText(), head: try reader.read(), ord: try reader.read(),
            read: try reader.read(), unread: try reader.read(), last: try reader.readOptional(),
            membersVersion: try reader.read())
    }
}

extension ChatDescription: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.write(chat)
        writer.write(kind)
        writer.writeCounted(title)
        writer.write(head)
        writer.write(ord)
        writer.write(digest)
        writer.write(membersVersion)
        writer.write(list: members)
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        self.init(
            chat: try reader.read(), kind: try reader.read(),
            title: try reader.readCountedText(), head: try reader.read(), ord: try reader.read(),
            digest: try reader.read(), membersVersion: try reader.read(),
            members: try reader.readList())
    }
}

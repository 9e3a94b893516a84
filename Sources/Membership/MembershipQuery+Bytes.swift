public import Toolbox
private import Vocabulary

extension MembershipQuery: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        switch self {
        case .account(let name):
            writer.write(UInt8(0))
            writer.writeCounted(name)
        case .user(let user):
            writer.write(UInt8(1))
            writer.write(user)
        case .chats(let user):
            writer.write(UInt8(2))
            writer.write(user)
        case .chat(let chat):
            writer.write(UInt8(3))
            writer.write(chat)
        case .outbox(let limit):
            writer.write(UInt8(4))
            writer.write(limit)
        case .counts: writer.write(UInt8(5))
        }
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        switch try reader.read(UInt8.self) {
        case 0: self = .account(name: try reader.readCountedText())
        case 1: self = .user(try reader.read())
        case 2: self = .chats(user: try reader.read())
        case 3: self = .chat(try reader.read())
        case 4: self = .outbox(limit: try reader.read())
        case 5: self = .counts
        case let tag: throw reader.unknown("membership query", tag: tag)
        }
    }
}

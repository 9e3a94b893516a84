public import Toolbox
private import Vocabulary

extension MembershipReply: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        switch self {
        case .registered(let user):
            writer.write(UInt8(0))
            writer.write(user)
        case .deviceOpened(let device):
            writer.write(UInt8(1))
            writer.write(device)
        case .pending(let chat, let version, let isNew):
            writer.write(UInt8(2))
            writer.write(chat)
            writer.write(version)
            writer.write(isNew)
        case .settled(let chat, let version, let seq, let isNew):
            writer.write(UInt8(3))
            writer.write(chat)
            writer.write(version)
            writer.write(seq)
            writer.write(isNew)
        case .recorded: writer.write(UInt8(4))
        case .refused(let refusal):
            writer.write(UInt8(5))
            writer.write(refusal)
        }
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        switch try reader.read(UInt8.self) {
        case 0: self = .registered(try reader.read())
        case 1: self = .deviceOpened(try reader.read())
        case 2:
            self = .pending(
                chat: try reader.read(), version: try reader.read(), isNew: try reader.readBool())
        case 3:
            self = .settled(
                chat: try reader.read(), version: try reader.read(), seq: try reader.read(),
                isNew: try reader.readBool())
        case 4: self = .recorded
        case 5: self = .refused(try reader.read())
        case let tag: throw reader.unknown("membership reply", tag: tag)
        }
    }
}

extension MembershipRefusal: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        switch self {
        case .nameTaken: writer.write(UInt8(0))
        case .invalidField(let name):
            writer.write(UInt8(1))
            writer.writeCounted(name)
        case .notFound: writer.write(UInt8(2))
        case .notAllowed: writer.write(UInt8(3))
        case .alreadyMember: writer.write(UInt8(4))
        case .notMember: writer.write(UInt8(5))
        case .limitReached: writer.write(UInt8(6))
        case .undecodable: writer.write(UInt8(7))
        }
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        switch try reader.read(UInt8.self) {
        case 0: self = .nameTaken
        case 1: self = .invalidField(try reader.readCountedText())
        case 2: self = .notFound
        case 3: self = .notAllowed
        case 4: self = .alreadyMember
        case 5: self = .notMember
        case 6: self = .limitReached
        case 7: self = .undecodable
        case let tag: throw reader.unknown("membership refusal", tag: tag)
        }
    }
}

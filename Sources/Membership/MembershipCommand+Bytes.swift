public import Toolbox
private import Vocabulary

extension MembershipCommand: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        switch self {
        case .register(let name, let displayName, let email, let hash):
            writer.write(UInt8(0))
            writer.writeCounted(name)
            writer.writeCounted(displayName)
            writer.writeCounted(email)
            writer.writeCounted(hash)
        case .openDevice(let user, let device, let label):
            writer.write(UInt8(1))
            writer.write(user)
            writer.write(optional: device)
            writer.writeCounted(label)
        case .createDirect(let actor, let other):
            writer.write(UInt8(2))
            writer.write(actor)
            writer.write(other)
        case .createGroup(let group):
            writer.write(UInt8(3))
            writer.write(group)
        case .setMember(let actor, let chat, let user, let role):
            writer.write(UInt8(4))
            writer.write(actor)
            writer.write(chat)
            writer.write(user)
            writer.write(optional: role)
        case .removeMember(let actor, let chat, let user):
            writer.write(UInt8(5))
            writer.write(actor)
            writer.write(chat)
            writer.write(user)
        case .delivered(let chat, let version, let seq):
            writer.write(UInt8(6))
            writer.write(chat)
            writer.write(version)
            writer.write(seq)
        }
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        switch try reader.read(UInt8.self) {
        case 0:
            self = .register(
                name: try reader.readCountedText(), displayName: try reader.readCountedText(),
                email: try reader.readCountedText(), hash: try reader.readCounted())
        case 1:
            self = .openDevice(
                user: try reader.read(), device: try reader.readOptional(),
                label: try reader.readCountedText())
        case 2: self = .createDirect(actor: try reader.read(), other: try reader.read())
        case 3: self = .createGroup(try reader.read())
        case 4:
            self = .setMember(
                actor: try reader.read(), chat: try reader.read(), user: try reader.read(),
                role: try reader.readOptional())
        case 5:
            self = .removeMember(
                actor: try reader.read(), chat: try reader.read(), user: try reader.read())
        case 6:
            self = .delivered(
                chat: try reader.read(), version: try reader.read(), seq: try reader.read())
        case let tag: throw reader.unknown("membership command", tag: tag)
        }
    }
}

extension CreateGroup: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.write(actor)
        writer.writeCounted(title)
        writer.write(list: members)
        writer.write(sharesHistory)
        writer.write(reuses)
        writer.writeCounted(key)
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        self.init(
            actor: try reader.read(), title: try reader.readCountedText(),
            members: try reader.readList(), sharesHistory: try reader.readBool(),
            reuses: try reader.readBool(), key: try reader.readCounted())
    }
}

extension MemberRole: ByteCodable {}

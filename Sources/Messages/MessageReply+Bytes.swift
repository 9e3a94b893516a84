public import Toolbox
internal import Vocabulary

extension MessageReply: ByteCodable {
    static let postedTag: UInt8 = 0

    public func encode(into writer: inout ByteWriter) {
        switch self {
        case .posted(let posted):
            writer.write(Self.postedTag)
            writer.write(posted)
        case .changed(let seq, let membersVersion):
            writer.write(UInt8(1))
            writer.write(seq)
            writer.write(membersVersion)
        case .marked: writer.write(UInt8(2))
        case .refused(let refusal):
            writer.write(UInt8(3))
            writer.write(refusal)
        }
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        switch try reader.read(UInt8.self) {
        case Self.postedTag: self = .posted(try reader.read())
        case 1: self = .changed(seq: try reader.read(), membersVersion: try reader.read())
        case 2: self = .marked
        case 3: self = .refused(try reader.read())
        case let tag: throw reader.unknown("message reply", tag: tag)
        }
    }
}

extension Posted: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        encodePlace(into: &writer)
        writer.write(list: recipients)
    }

    /// All but the recipients.
    private func encodePlace(into writer: inout ByteWriter) {
        writer.write(seq)
        writer.write(ord)
        writer.write(time)
        writer.write(isDuplicate)
    }

    /// The reply that tells of this message, to all `readers` but its sender.
    func encodedReply(to readers: [UserID], by sender: UserID) -> Bytes {
        var writer = ByteWriter(reserving: 48 + readers.count * 8)
        writer.write(MessageReply.postedTag)
        encodePlace(into: &writer)
        let place = writer.count
        writer.write(UInt32(0))
        var count: UInt32 = 0
        for reader in readers where reader != sender {
            writer.write(reader)
            count += 1
        }
        writer.overwrite(count, at: place)
        return writer.take()
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        self.init(
            seq: try reader.read(), ord: try reader.read(), time: try reader.read(),
            isDuplicate: try reader.readBool(), recipients: try reader.readList())
    }
}

extension MessageRefusal: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        switch self {
        case .notFound: writer.write(UInt8(0))
        case .notAllowed: writer.write(UInt8(1))
        case .clientIDEarly(let time):
            writer.write(UInt8(2))
            writer.write(time)
        case .clientIDExpired(let time):
            writer.write(UInt8(3))
            writer.write(time)
        case .clientIDConflict: writer.write(UInt8(4))
        case .tooLong: writer.write(UInt8(5))
        case .invalidField(let name):
            writer.write(UInt8(6))
            writer.writeCounted(name)
        case .outOfOrder(let expected):
            writer.write(UInt8(7))
            writer.write(expected)
        case .undecodable: writer.write(UInt8(8))
        }
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        switch try reader.read(UInt8.self) {
        case 0: self = .notFound
        case 1: self = .notAllowed
        case 2: self = .clientIDEarly(time: try reader.read())
        case 3: self = .clientIDExpired(time: try reader.read())
        case 4: self = .clientIDConflict
        case 5: self = .tooLong
        case 6: self = .invalidField(try reader.readCountedText())
        case 7: self = .outOfOrder(expected: try reader.read())
        case 8: self = .undecodable
        case let tag: throw reader.unknown("message refusal", tag: tag)
        }
    }
}

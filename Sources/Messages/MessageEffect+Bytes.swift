public import Toolbox
private import Vocabulary

extension MessageEffect: ByteCodable {
    enum Tag {
        static let appended: UInt8 = 0
        static let marked: UInt8 = 1
    }

    public func encode(into writer: inout ByteWriter) {
        switch self {
        case .appended(let chat, let entry, let readers, let removed):
            writer.write(Tag.appended)
            writer.write(chat)
            writer.write(entry)
            writer.write(list: readers)
            writer.write(optional: removed)
        case .marked(let mark):
            writer.write(Tag.marked)
            writer.write(mark)
        }
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        switch try reader.read(UInt8.self) {
        case Tag.appended:
            self = .appended(
                chat: try reader.read(), entry: try reader.read(), readers: try reader.readList(),
                removed: try reader.readOptional())
        case Tag.marked: self = .marked(try reader.read())
        case let tag: throw reader.unknown("message effect", tag: tag)
        }
    }

    /// Bytes that `encode(into:)` writes, give or take a few.
    public var encodedBytesEstimate: Int {
        switch self {
        case .appended(_, let entry, let readers, _):
            entry.encodedBytesEstimate + readers.count * 8 + 32
        case .marked: 64
        }
    }
}

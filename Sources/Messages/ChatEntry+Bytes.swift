public import Toolbox
internal import Vocabulary

extension ChatEntry: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.write(seq)
        writer.write(ord)
        writer.write(digest)
        encodeContent(into: &writer)
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        let seq = try reader.read(SequenceNumber.self)
        let ord = try reader.read(UInt64.self)
        let digest = try reader.read(UInt64.self)
        try self.init(contentFrom: &reader)
        self.seq = seq
        self.ord = ord
        self.digest = digest
    }

    /// All but `seq`, `ord` and `digest`, which follow from the entries before.
    func encodeContent(into writer: inout ByteWriter) {
        writer.write(time)
        writer.write(from)
        writer.write(kind)
        writer.write(optional: clientID)
        writer.write(optional: body)
        writer.write(list: users)
        writer.write(optional: role)
    }

    /// `seq`, `ord` and `digest` are 0 until the caller sets them.
    init(contentFrom reader: inout ByteReader) throws(DecodeFailure) {
        self.init(
            seq: .zero, ord: 0, time: try reader.read(), from: try reader.read(),
            kind: try reader.read(), clientID: try reader.readOptional(),
            body: try reader.readOptional(), users: try reader.readList(),
            role: try reader.readOptional(), digest: 0)
    }

    /// Whether `content`, written by `encodeContent`, is of a message of `sender` under `id`;
    /// without reading the rest of it.
    static func content(
        _ content: Bytes, isOf sender: UserID, under id: ClientMessageID
    ) -> Bool {
        content.withUnsafeBytes { bytes in
            // Behind the time: the sender, the kind, that there is an id, and the id.
            guard bytes.count >= 34, bytes[16] == Kind.message.rawValue, bytes[17] == 1 else {
                return false
            }
            func word(at offset: Int) -> UInt64 {
                bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            }
            return word(at: 8) == sender.rawValue.littleEndian
                && word(at: 18) == id.high.bigEndian && word(at: 26) == id.low.bigEndian
        }
    }

    /// Bytes that `encode(into:)` writes, at most a few more and never less.
    var encodedBytesEstimate: Int {
        var bytes = 64 + users.count * 8
        if let body {
            bytes += body.text.count + body.mentions.count * 8 + 32
            for attachment in body.attachments { bytes += attachment.utf8.count + 4 }
        }
        return bytes
    }
}

extension ChatEntry.Kind: ByteCodable {}

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

    /// Bytes that `encode(into:)` writes, give or take a few.
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

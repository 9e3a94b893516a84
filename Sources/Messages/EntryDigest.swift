private import Toolbox
internal import Vocabulary

/// The chain of hashes over a chat's entries. Its bytes stand, with vectors, in the page of this
/// room: clients compute the same.
public enum EntryDigest {
    /// Bytes of the canonical header.
    static let headerBytes = 65

    /// The digest at `entry`, given the one at the entry before (0 before the first).
    public static func digest(of entry: ChatEntry, after previous: UInt64) -> UInt64 {
        digest(of: entry, at: entry.seq, ord: entry.ord, after: previous)
    }

    /// The same of an entry that is not yet told its position.
    static func digest(
        of entry: borrowing ChatEntry, at seq: SequenceNumber, ord: UInt64, after previous: UInt64
    ) -> UInt64 {
        let (time, from, kind, id) = (entry.time, entry.from, entry.kind, entry.clientID)
        let body = bodyHash(of: entry)
        return withUnsafeTemporaryAllocation(byteCount: headerBytes, alignment: 8) { header in
            header.storeBytes(of: seq.rawValue.bigEndian, toByteOffset: 0, as: UInt64.self)
            header.storeBytes(of: ord.bigEndian, toByteOffset: 8, as: UInt64.self)
            header.storeBytes(of: time.milliseconds.bigEndian, toByteOffset: 16, as: Int64.self)
            header.storeBytes(of: from.rawValue.bigEndian, toByteOffset: 24, as: UInt64.self)
            header[32] = kind.rawValue
            // The target: the entry that an edit, a deletion or a reaction is about.
            header.storeBytes(of: 0, toByteOffset: 33, as: UInt64.self)
            let high = id?.high ?? 0
            let low = id?.low ?? 0
            header.storeBytes(of: high.bigEndian, toByteOffset: 41, as: UInt64.self)
            header.storeBytes(of: low.bigEndian, toByteOffset: 49, as: UInt64.self)
            header.storeBytes(of: body.bigEndian, toByteOffset: 57, as: UInt64.self)
            return XXH64.hash(UnsafeRawBufferPointer(header), seed: previous)
        }
    }

    /// What stands for an entry's body in the chain, and for a body that is withheld.
    public static func bodyHash(of entry: borrowing ChatEntry) -> UInt64 {
        if let body = entry.body { return hash(of: body) }
        var writer = ByteWriter(reserving: entry.users.count * 8 + 1)
        for user in entry.users { writer.writeBigEndian(user.rawValue) }
        writer.write(entry.role.map { $0.rawValue + 1 } ?? 0)
        return writer.withUnsafeBytes { XXH64.hash($0) }
    }

    private static func hash(of body: MessageBody) -> UInt64 {
        let text = XXH64.hash(body.text)
        // Most messages are text alone: their hash is the text's, and nothing is copied.
        if body.replyTo == nil, body.mentions.isEmpty, body.attachments.isEmpty { return text }
        var writer = ByteWriter(reserving: 16 + body.mentions.count * 8)
        writer.writeBigEndian(body.replyTo?.rawValue ?? 0)
        writer.writeBigEndian(UInt32(body.mentions.count))
        for user in body.mentions { writer.writeBigEndian(user.rawValue) }
        writer.writeBigEndian(UInt32(body.attachments.count))
        for attachment in body.attachments {
            let name = Bytes(attachment)
            writer.writeBigEndian(UInt32(name.count))
            writer.writeRaw(name)
        }
        return writer.withUnsafeBytes { XXH64.hash($0, seed: text) }
    }
}

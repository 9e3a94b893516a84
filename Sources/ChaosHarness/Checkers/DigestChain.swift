public import ChatWire
import Toolbox
import Vocabulary

/// The chain of hashes over a chat's entries, computed from what clients see: by the protocol's
/// words, and not by the code that the nodes compute it with.
public enum DigestChain {
    /// Every entry's digest follows from the one before it and from what the entry shows.
    public static func holds(in reading: ChatReading) -> [Violation] {
        var previous: UInt64 = 0
        for entry in reading.entries {
            guard let digest = digest(of: entry, after: previous) else { return [] }
            guard digest == entry.digest else {
                let name = "\(reading.chat):\(entry.seq) on \(reading.node)"
                let text = "has digest \(HexDigits.encode(entry.digest))"
                return [
                    Violation(
                        .difference, "\(name) \(text), not \(HexDigits.encode(digest))")
                ]
            }
            previous = entry.digest
        }
        return []
    }

    /// The digest at `entry`; nil for kinds of entries that runs do not make.
    ///
    /// Source: client-protocol, `digest`.
    public static func digest(of entry: EntryFrame, after previous: UInt64) -> UInt64? {
        let (kind, body): (UInt8, UInt64)
        switch entry.kind {
        case .message: (kind, body) = (0, XXH64.hash(entry.text ?? Bytes()))
        case .join:
            var users = ByteWriter(reserving: entry.users.count * 8 + 1)
            for user in entry.users { users.writeBigEndian(user.rawValue) }
            users.write(UInt8(0))
            (kind, body) = (4, XXH64.hash(users.take()))
        case .edit, .delete, .react, .leave, .role, .title: return nil
        }
        var header = ByteWriter(reserving: 65)
        header.writeBigEndian(entry.seq.rawValue)
        header.writeBigEndian(entry.ord)
        header.writeBigEndian(UInt64(bitPattern: entry.time.milliseconds))
        header.writeBigEndian(entry.from.rawValue)
        header.write(kind)
        header.writeBigEndian(UInt64(0))
        header.writeBigEndian(entry.clientID?.high ?? 0)
        header.writeBigEndian(entry.clientID?.low ?? 0)
        header.writeBigEndian(body)
        return XXH64.hash(header.take(), seed: previous)
    }
}

internal import Toolbox
internal import Vocabulary

/// One chat's entries, each as the bytes that stand for it in a snapshot.
///
/// An entry costs its bytes and 16 more: no object of its own, so that a million of them are made,
/// kept and encoded by copying memory. They lie in chunks: the first change after a copy of the log
/// costs one chunk and the list of chunks, not all entries. What follows from the entries before
/// (`seq`, `ord`, `digest`) stands beside the bytes and not in them.
struct EntryLog: Sendable {
    private struct Place: Sendable {
        let digest: UInt64
        /// Where the entry's bytes end in its chunk; they start where the one before ends.
        let end: UInt32
        /// Entries up to and including this one that are no messages: `ord` is `seq` less these.
        let others: UInt32
    }

    private struct Chunk: Sendable {
        /// Entries in the chunks before.
        let first: Int
        var places: [Place] = []
        var content: ByteWriter
    }

    /// Chunks grow with the log between these, so that small chats waste little and large ones have
    /// few chunks.
    private static let chunkBytesMinimum = 2 << 10
    private static let chunkBytesMaximum = 64 << 10

    private var chunks: [Chunk] = []
    private(set) var count = 0
    /// Of all entries together.
    private(set) var bytesCount = 0
    /// `ord` and `digest` at the last entry; 0 before the first.
    private(set) var ord: UInt64 = 0
    private(set) var digest: UInt64 = 0
    private(set) var latestTime: WallTime?

    init() {}

    var head: SequenceNumber { SequenceNumber(UInt64(count)) }

    /// Puts `entry` at the end; its `seq`, `ord` and `digest` are not read: they follow.
    mutating func append(_ entry: borrowing ChatEntry) {
        if entry.kind == .message { ord += 1 }
        digest = EntryDigest.digest(of: entry, at: head.next, ord: ord, after: digest)
        latestTime = entry.time
        let chunk = openChunk(for: entry.encodedBytesEstimate)
        let start = chunks[chunk].content.count
        entry.encodeContent(into: &chunks[chunk].content)
        let end = chunks[chunk].content.count
        count += 1
        bytesCount += end - start
        chunks[chunk].places.append(
            Place(digest: digest, end: UInt32(end), others: UInt32(UInt64(count) - ord)))
    }

    /// The chunk that the next entry goes to.
    private mutating func openChunk(for bytes: Int) -> Int {
        let limit = min(max(bytesCount / 8, Self.chunkBytesMinimum), Self.chunkBytesMaximum)
        if let last = chunks.last, last.content.count + bytes <= limit { return chunks.count - 1 }
        // A chat's first chunk grows as it must, for most chats are short.
        let content = ByteWriter(reserving: chunks.isEmpty ? bytes : max(limit, bytes))
        chunks.append(Chunk(first: count, content: content))
        return chunks.count - 1
    }

    // MARK: Reading

    /// - Precondition: there is such an entry.
    func entry(at seq: SequenceNumber) -> ChatEntry {
        let (chunk, offset) = find(seq)
        var reader = ByteReader(content(of: offset, in: chunk))
        var entry: ChatEntry
        do throws(DecodeFailure) {
            entry = try ChatEntry(contentFrom: &reader)
        } catch {
            unreachable("entry \(seq) can not be read back: \(error)")
        }
        entry.seq = seq
        entry.ord = ord(at: seq)
        entry.digest = chunks[chunk].places[offset].digest
        return entry
    }

    var last: ChatEntry? { count == 0 ? nil : entry(at: head) }

    func ord(at seq: SequenceNumber) -> UInt64 {
        let (chunk, offset) = find(seq)
        return seq.rawValue - UInt64(chunks[chunk].places[offset].others)
    }

    /// Whether the message at `seq` is of `sender` under `id`.
    func isMessage(at seq: SequenceNumber, of sender: UserID, under id: ClientMessageID) -> Bool {
        let (chunk, offset) = find(seq)
        return ChatEntry.content(content(of: offset, in: chunk), isOf: sender, under: id)
    }

    /// Writes an entry as `ChatEntry.encode(into:)` does.
    func encodeEntry(at seq: SequenceNumber, into writer: inout ByteWriter) {
        let (chunk, offset) = find(seq)
        writer.write(seq)
        writer.write(ord(at: seq))
        writer.write(chunks[chunk].places[offset].digest)
        writer.writeRaw(content(of: offset, in: chunk))
    }

    /// Writes the contents of all entries.
    func encodeContents(into writer: inout ByteWriter) {
        for chunk in chunks { chunk.content.withUnsafeBytes { writer.writeRaw($0) } }
    }

    func bytes(at seq: SequenceNumber) -> Int {
        let (chunk, offset) = find(seq)
        return range(of: offset, in: chunk).count
    }

    private func content(of offset: Int, in chunk: Int) -> Bytes {
        chunks[chunk].content.written(range(of: offset, in: chunk))
    }

    private func range(of offset: Int, in chunk: Int) -> Range<Int> {
        let start = offset == 0 ? 0 : Int(chunks[chunk].places[offset - 1].end)
        return start..<Int(chunks[chunk].places[offset].end)
    }

    /// Nearly always in the last chunk.
    private func find(_ seq: SequenceNumber) -> (chunk: Int, offset: Int) {
        invariant(seq > .zero && seq <= head, "entry \(seq) of \(count)")
        let index = Int(seq.rawValue) - 1
        var (low, high) = (0, chunks.count - 1)
        if chunks[high].first <= index { return (high, index - chunks[high].first) }
        while low + 1 < high {
            let middle = (low + high) / 2
            if chunks[middle].first <= index { low = middle } else { high = middle }
        }
        return (low, index - chunks[low].first)
    }
}

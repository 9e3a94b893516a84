internal import Toolbox
internal import Vocabulary

extension ChatState {
    /// `forgottenBelow` is the window's, but for a planted fault.
    func encode(into writer: inout ByteWriter, forgottenBelow: Int64) {
        writer.write(chat)
        writer.write(kind)
        writer.write(history)
        writer.writeCounted(title)
        writer.write(changedAt)
        writer.write(forgottenBelow)
        writer.write(UInt32(entries.count))
        entries.encodeContents(into: &writer)
        writer.write(entries.digest)
        writer.write(list: changes)
        writer.write(UInt32(members.count))
        for member in members { member.encode(into: &writer) }
    }

    /// Of `encode`; a member's own messages are seldom many.
    var encodedBytesEstimate: Int {
        128 + title.utf8.count + entries.bytesCount + changes.count * 8 + members.count * 128
    }

    /// Positions, `ord`s, digests and the ids seen follow from the entries and are made again; the
    /// stored digest must agree.
    init(from reader: inout ByteReader) throws(DecodeFailure) {
        self.init(
            chat: try reader.read(), kind: try reader.read(), history: try reader.read(),
            title: try reader.readCountedText())
        changedAt = try reader.read()
        window = DuplicateWindow(forgottenBelow: try reader.read(Int64.self))
        let entriesCount = try reader.read(UInt32.self)
        for _ in 0..<entriesCount { try appendStored(try ChatEntry(contentFrom: &reader), reader) }
        let storedDigest = try reader.read(UInt64.self)
        try reader.expect(storedDigest == entries.digest, "digest of \(chat)")
        changes = try reader.readList()
        try checkChanges(reader)
        let membersCount = try reader.read(UInt32.self)
        for _ in 0..<membersCount {
            let member = try MemberState(from: &reader, entries: entries)
            try reader.expect(
                members.last.map { $0.user < member.user } ?? true, "members of \(chat)")
            members.append(member)
        }
        membersDidChange()
    }

    private mutating func appendStored(
        _ entry: ChatEntry, _ reader: ByteReader
    ) throws(DecodeFailure) {
        try reader.expect(
            (entry.kind == .message) == (entry.body != nil && entry.clientID != nil),
            "entry of \(chat)")
        let key = entry.clientID.flatMap { id in
            DuplicateWindow.minute(of: id.time) >= window.forgottenBelow
                ? MessageKey(sender: entry.from, id: id) : nil
        }
        if let key {
            let isNew = window.position(of: key, in: entries) == nil
            try reader.expect(isNew, "second entry with id \(key.id)")
        }
        entries.append(entry)
        if let key { window.remember(key, at: head, by: key.id.time) }
    }

    private func checkChanges(_ reader: ByteReader) throws(DecodeFailure) {
        var previous = SequenceNumber.zero
        for seq in changes {
            try reader.expect(seq > previous && seq <= head, "changes of \(chat)")
            previous = seq
        }
        try reader.expect(!changes.isEmpty, "changes of \(chat)")
    }
}

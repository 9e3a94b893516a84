internal import Toolbox
internal import Vocabulary

/// The chats of one partition.
struct MessagePartition: Sendable {
    /// For look-up only; the order of `chats` is that of their making.
    private var slots = HashTable<ChatID, Int>()
    var chats: [ChatState] = []

    init() {}

    func slot(of chat: ChatID) -> Int? { slots[chat] }

    /// - Precondition: the chat is not here yet.
    mutating func insert(_ chat: ChatState) {
        invariant(slots[chat.chat] == nil, "\(chat.chat) made twice")
        slots[chat.chat] = chats.count
        chats.append(chat)
    }

    /// In order of ids, so that equal states give equal bytes. `forgottenBelow` replaces the
    /// windows' own for a planted fault.
    func encode(into writer: inout ByteWriter, forgottenBelow: Int64?) {
        let sorted = chats.indices.sorted { chats[$0].chat < chats[$1].chat }
        writer.write(UInt32(sorted.count))
        for slot in sorted {
            chats[slot].encode(
                into: &writer,
                forgottenBelow: forgottenBelow ?? chats[slot].window.forgottenBelow)
        }
    }

    var encodedBytesEstimate: Int {
        var bytes = 4
        for chat in chats { bytes += chat.encodedBytesEstimate }
        return bytes
    }

    init(from reader: inout ByteReader, id: PartitionID) throws(DecodeFailure) {
        let count = try reader.read(UInt32.self)
        for _ in 0..<count {
            let chat = try ChatState(from: &reader)
            try reader.expect(PartitionID.of(chat: chat.chat) == id, "\(chat.chat) in \(id)")
            try reader.expect(
                chats.last.map { $0.chat < chat.chat } ?? true, "order of chats in \(id)")
            insert(chat)
        }
    }
}

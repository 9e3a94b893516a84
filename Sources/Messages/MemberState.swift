internal import Toolbox
internal import Vocabulary

/// One member's record in a chat.
struct MemberState: Sendable {
    /// Positions of own messages that a record holds; one more moves `read` up.
    static let ownMessagesMaximum = 64

    let user: UserID
    var role: ChatRole
    /// Where the latest join stands.
    let joined: SequenceNumber
    private(set) var read: SequenceNumber
    /// The `ord` at `read`.
    private(set) var readOrd: UInt64
    private(set) var delivered: SequenceNumber
    /// Own messages after `read`, ascending.
    private(set) var own: [SequenceNumber] = []
    /// Where in the group's log this record's `read` last changed by a mark.
    var changedAt: LogIndex

    /// Who joins at `seq` has read everything up to there.
    init(_ member: ChatMember, joined seq: SequenceNumber, ord: UInt64, at index: LogIndex) {
        user = member.user
        role = member.role
        joined = seq
        read = seq
        readOrd = ord
        delivered = seq
        changedAt = index
    }

    /// Never a stored counter: what came after `read`, without own messages.
    func unread(headOrd: UInt64) -> UInt64 { headOrd - readOrd - UInt64(own.count) }

    /// Raises `delivered`; false if it stands as high already.
    mutating func raiseDelivered(to seq: SequenceNumber) -> Bool {
        guard seq > delivered else { return false }
        delivered = seq
        return true
    }

    /// Raises `read` to `seq`, where `ord` is `ord`; false if it stands as high already.
    mutating func raiseRead(to seq: SequenceNumber, ord: UInt64) -> Bool {
        guard seq > read else { return false }
        read = seq
        readOrd = ord
        own.removeFirst(own.firstIndex { $0 > seq } ?? own.count)
        if seq > delivered { delivered = seq }
        return true
    }

    /// Notes an own message. Gives back where `read` must move, if there are too many of them: to
    /// the oldest, and over those that follow it at once, so that who writes a long monologue is
    /// not told of a move with every message.
    mutating func noteOwnMessage(at seq: SequenceNumber) -> SequenceNumber? {
        own.append(seq)
        guard own.count > Self.ownMessagesMaximum else { return nil }
        var last = 0
        while last + 1 < own.count, own[last + 1] == own[last].next { last += 1 }
        return own[last]
    }
}

extension MemberState {
    func encode(into writer: inout ByteWriter) {
        writer.write(user)
        writer.write(role)
        writer.write(joined)
        writer.write(read)
        writer.write(delivered)
        writer.write(changedAt)
        writer.write(list: own)
    }

    /// Checked against the chat's entries, so that no later arithmetic can go wrong.
    init(
        from reader: inout ByteReader, entries: EntryLog
    ) throws(DecodeFailure) {
        let head = entries.head
        user = try reader.read()
        role = try reader.read()
        joined = try reader.read()
        read = try reader.read()
        delivered = try reader.read()
        changedAt = try reader.read()
        own = try reader.readList()
        try reader.expect(
            joined > .zero && joined <= read && read <= delivered && delivered <= head,
            "watermarks of \(user)")
        readOrd = entries.ord(at: read)
        try reader.expect(own.count <= Self.ownMessagesMaximum, "own messages of \(user)")
        var previous = read
        for seq in own {
            try reader.expect(seq > previous && seq <= head, "own messages of \(user)")
            let entry = entries.entry(at: seq)
            try reader.expect(
                entry.kind == .message && entry.from == user, "own messages of \(user)")
            previous = seq
        }
    }
}

internal import ReplicatedState
internal import Toolbox
internal import Vocabulary

extension ChatState {
    /// Chats of more members are told no recipients.
    static let recipientsMembersMaximum = 32

    /// A message of a member. Membership first, then the id, then what it carries.
    mutating func post(
        _ post: Post, at position: AppliedPosition, under rules: MessageRules,
        into effects: inout [MessageEffect]
    ) -> MessageReply {
        guard let member = memberIndex(of: post.sender) else { return .refused(.notFound) }
        if let refusal = DuplicateWindow.refusal(of: post.clientID, at: position.time) {
            return .refused(refusal)
        }
        let key = DuplicateWindow.Key(sender: post.sender, id: post.clientID)
        if let first = window.position(of: key) { return answerRepeat(of: post, first: first) }
        if let refusal = refusal(of: post.body, by: member, under: rules) {
            return .refused(refusal)
        }
        // What the device has shown counts as read before its own message stands above it.
        let seen = post.seen.flatMap {
            raise(member, delivered: nil, read: $0, at: position.index)
        }
        let entry = append(message(of: post, at: position.time))
        changedAt = position.index
        window.remember(key, at: entry.seq, by: timeToRemember(post.clientID, at: position, rules))
        window.forget(at: position.time)
        effects.append(.appended(chat: chat, entry: entry, readers: readers, removed: nil))
        if let mark = noteOwnMessage(of: member, at: entry.seq, position.index) ?? seen {
            effects.append(.marked(mark))
        }
        let recipients =
            members.count <= Self.recipientsMembersMaximum
            ? readers.filter { $0 != post.sender } : []
        return .posted(
            Posted(
                seq: entry.seq, ord: entry.ord, time: entry.time, isDuplicate: false,
                recipients: recipients))
    }

    /// The first one's answer, if it is the same message.
    private func answerRepeat(of post: Post, first: SequenceNumber) -> MessageReply {
        let entry = entries[Int(first.rawValue) - 1]
        guard let body = entry.body, body.isSame(as: post.body) else {
            return .refused(.clientIDConflict)
        }
        return .posted(
            Posted(
                seq: entry.seq, ord: entry.ord, time: entry.time, isDuplicate: true,
                recipients: []))
    }

    private func refusal(
        of body: MessageBody, by member: Int, under rules: MessageRules
    ) -> MessageRefusal? {
        if body.text.scalarsCount(exceeds: rules.limits.textScalarsMaximum) { return .tooLong }
        if let replyTo = body.replyTo, replyTo < lowestReadable(by: member) || replyTo > head {
            return .invalidField("reply_to")
        }
        return nil
    }

    private func message(of post: Post, at now: WallTime) -> ChatEntry {
        var body = post.body
        // The command's bytes may be a slice of a whole batch; history must not keep that alive.
        body.text = body.text.detached()
        return ChatEntry(
            seq: .zero, ord: 0, time: entryTime(at: now), from: post.sender, kind: .message,
            clientID: post.clientID, body: body, digest: 0)
    }

    private mutating func noteOwnMessage(
        of member: Int, at seq: SequenceNumber, _ index: LogIndex
    ) -> Mark? {
        guard let read = members[member].noteOwnMessage(at: seq) else { return nil }
        return raise(member, delivered: nil, read: read, at: index)
    }

    private func timeToRemember(
        _ id: ClientMessageID, at position: AppliedPosition, _ rules: MessageRules
    ) -> WallTime {
        #if PLANTED_FAULTS
            if rules.plantedFault == .idRememberedByArrival { return position.time }
        #endif
        return id.time
    }
}

extension MessageBody {
    /// Compared as bytes: equality of texts would move with the tables of Unicode.
    func isSame(as other: MessageBody) -> Bool {
        text == other.text && replyTo == other.replyTo && mentions == other.mentions
            && attachments.count == other.attachments.count
            && zip(attachments, other.attachments).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
    }
}

extension Bytes {
    /// Whether this text in UTF-8 has more than `maximum` scalars.
    func scalarsCount(exceeds maximum: Int) -> Bool {
        // A scalar takes a byte at least, so most texts need no counting.
        guard count > maximum else { return false }
        let scalars = withUnsafeBytes { bytes in
            bytes.reduce(0) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 }
        }
        return scalars > maximum
    }
}

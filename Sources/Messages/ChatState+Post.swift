internal import ReplicatedState
internal import Toolbox
internal import Vocabulary

extension ChatState {
    /// Chats of more members are told no recipients.
    static let recipientsMembersMaximum = 32

    /// A message of a member. Membership first, then the id, then what it carries.
    mutating func post(
        _ post: Post, at position: AppliedPosition, under rules: MessageRules,
        into effects: inout [MessageNews]
    ) -> MessageOutcome {
        guard let member = memberIndex(of: post.sender) else { return .refused(.notFound) }
        if let refusal = DuplicateWindow.refusal(of: post.clientID, at: position.time) {
            return .refused(refusal)
        }
        let key = MessageKey(sender: post.sender, id: post.clientID)
        if let first = window.position(of: key, in: entries) {
            return answerRepeat(of: post, first: first)
        }
        if let refusal = refusal(of: post.body, by: member, under: rules) {
            return .refused(refusal)
        }
        // What the device has shown counts as read before its own message stands above it.
        let seen = post.seen.flatMap {
            raise(member, delivered: nil, read: $0, at: position.index)
        }
        let time = entryTime(at: position.time)
        entries.append(
            ChatEntry(
                seq: .zero, ord: 0, time: time, from: post.sender, kind: .message,
                clientID: post.clientID, body: post.body, digest: 0))
        changedAt = position.index
        window.remember(key, at: head, by: timeToRemember(post.clientID, at: position, rules))
        window.forget(at: position.time)
        effects.append(.appended(chat: chat, seq: head, readers: readers, removed: nil))
        if let mark = noteOwnMessage(of: member, at: head, position.index) ?? seen {
            effects.append(.marked(mark))
        }
        return MessageOutcome(
            posted: Posted(
                seq: head, ord: entries.ord, time: time, isDuplicate: false, recipients: []),
            by: post.sender,
            to: members.count <= Self.recipientsMembersMaximum ? readers : [])
    }

    /// The first one's answer, if it is the same message.
    private func answerRepeat(of post: Post, first: SequenceNumber) -> MessageOutcome {
        let entry = entries.entry(at: first)
        guard let body = entry.body, body.isSame(as: post.body) else {
            return .refused(.clientIDConflict)
        }
        return MessageOutcome(
            .posted(
                Posted(
                    seq: entry.seq, ord: entry.ord, time: entry.time, isDuplicate: true,
                    recipients: [])))
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

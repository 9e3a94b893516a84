import ChatWire
import Membership
import Messages
import Toolbox
import Vocabulary

// What the shards keep, as clients see it.
extension EntryFrame {
    init(_ entry: ChatEntry, chat: ChatID) {
        self.init(
            chat: chat, seq: entry.seq, ord: entry.ord, time: entry.time, from: entry.from,
            kind: EntryKind(entry.kind))
        digest = entry.digest
        clientID = entry.clientID
        text = entry.body?.text
        replyTo = entry.body?.replyTo
        mentions = entry.body?.mentions ?? []
        attachments = entry.body?.attachments ?? []
        users = entry.users
        role = entry.role.map(ChatWire.MemberRole.init)
    }

    /// The entry as it is pushed, without `op` and `push`: whole, or its preview if it is large.
    static func pushedTail(of entry: ChatEntry, chat: ChatID) -> Bytes {
        var frame = EntryFrame(entry, chat: chat)
        let tail = frame.encodedTail()
        guard tail.count >= wholeBytesMaximum else { return tail }
        frame.bodyHash = EntryDigest.bodyHash(of: entry)
        return frame.preview().encodedTail()
    }
}

extension PlainEntry {
    /// Nil for what is more than a message of text.
    init?(_ entry: ChatEntry, chat: ChatID) {
        guard entry.kind == .message, let id = entry.clientID, let body = entry.body,
            body.replyTo == nil, body.mentions.isEmpty, body.attachments.isEmpty,
            entry.users.isEmpty, entry.role == nil
        else { return nil }
        self.init(
            chat: chat, seq: entry.seq, ord: entry.ord, time: entry.time, from: entry.from,
            message: (id, body.text, entry.digest))
    }
}

extension EntryKind {
    init(_ kind: ChatEntry.Kind) {
        switch kind {
        case .message: self = .message
        case .edit: self = .edit
        case .delete: self = .delete
        case .react: self = .react
        case .join: self = .join
        case .leave: self = .leave
        case .role: self = .role
        case .title: self = .title
        }
    }
}

extension ChatWire.MemberRole {
    init(_ role: ChatRole) {
        switch role {
        case .member: self = .member
        case .admin: self = .admin
        case .owner: self = .owner
        }
    }
}

extension Membership.MemberRole {
    init(_ role: ChatWire.MemberRole) {
        switch role {
        case .member: self = .member
        case .admin: self = .admin
        case .owner: self = .owner
        }
    }
}

extension ConversationHead {
    init(_ head: ChatHead) {
        self.init(
            chat: head.chat, kind: head.kind == .direct ? .direct : .group,
            title: head.title.isEmpty ? nil : head.title, head: head.head, ord: head.ord,
            read: head.read)
        unread = head.unread
        membersVersion = head.membersVersion
        last = head.last.map { entry in
            var frame = EntryFrame(entry, chat: head.chat)
            // The list shows a preview of what is large, and then the hash of what it withholds.
            if let text = frame.text, text.count >= EntryFrame.wholeBytesMaximum / 2 {
                frame.bodyHash = EntryDigest.bodyHash(of: entry)
            }
            return frame
        }
    }
}

extension PageAnchor {
    init(_ position: PagePosition) {
        switch position {
        case .newest: self = .newest
        case .after(let seq): self = .after(seq)
        case .before(let seq): self = .before(seq)
        case .around(let seq): self = .at(seq)
        }
    }
}

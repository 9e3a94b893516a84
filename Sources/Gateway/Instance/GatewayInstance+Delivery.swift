import ChatWire
import Membership
import Messages
import Toolbox
import Vocabulary

// Delivery: what a message group committed, to the sessions of those who may read it.
extension GatewayInstance {
    mutating func deliver(_ delivery: Delivery) {
        switch delivery.event {
        case .appended(let chat, let entry, let readers, let removed):
            if entry.kind == .join {
                for user in entry.users { push(.change(chat: chat, .added), to: user) }
            }
            push(entry, of: chat, to: readers)
            if let removed { push(.change(chat: chat, .removed), to: removed) }
        case .marked(let mark):
            guard let read = mark.read else { return }
            push(.change(chat: mark.chat, .read(read)), to: mark.user)
        }
    }

    /// The entry is encoded once, and only if somebody is here to get it.
    private mutating func push(_ entry: ChatEntry, of chat: ChatID, to readers: [UserID]) {
        var encoded: Bytes?
        for user in readers {
            for key in home.keys(of: user) {
                let tail = encoded ?? tail(of: entry, chat: chat)
                encoded = tail
                if let number = numberToLeave(key) {
                    counters.delivered += 1
                    sendEntry(push: number, tail: tail, to: key.connection)
                } else {
                    // What waits does not keep a buffer alive that is written again.
                    offer(.entry(chat: chat, seq: entry.seq, tail: tail.detached()), to: key)
                }
            }
        }
    }

    /// A plain message is written where the one before was: valid until the next.
    private mutating func tail(of entry: ChatEntry, chat: ChatID) -> Bytes {
        scratch.clear()
        if let plain = PlainEntry(entry, chat: chat), plain.writeTail(into: &scratch) {
            return scratch.written(0..<scratch.count)
        }
        return EntryFrame.pushedTail(of: entry, chat: chat)
    }

    private mutating func push(_ push: ClientSession.Push, to user: UserID) {
        for key in home.keys(of: user) { offer(push, to: key) }
    }

    // MARK: - Gaps for what was missed

    mutating func refreshEverybody() {
        for user in home.users { refreshes.append(user) }
        startRefreshes()
    }

    mutating func startRefreshes() {
        while let user = refreshes.next(at: now.monotonic) {
            if home.isPresent(user) {
                ask(.lookUp(.chats(user: user)), .refreshChats(user))
            } else {
                refreshes.finish(user)
            }
        }
    }

    mutating func refreshChatsFound(_ answer: GatewayAnswer, of user: UserID) {
        switch answer {
        case .found(.chats(_, let listed)) where !listed.isEmpty:
            let question = GatewayQuestion.heads(
                user: user, chats: listed.map(\.chat), since: [])
            return ask(question, .refreshHeads(user))
        case .found(.chats), .found(.refused): refreshes.finish(user)
        case .found, .failed, .membership, .message, .page, .heads:
            refreshes.fail(user, at: now.monotonic)
        }
        startRefreshes()
    }

    mutating func refreshHeadsFound(_ answer: GatewayAnswer, of user: UserID) {
        if case .heads(_, let heads) = answer {
            for head in heads.sorted(by: { $0.chat < $1.chat }) {
                push(.gap(chat: head.chat, head: head.head), to: user)
            }
            refreshes.finish(user)
        } else {
            refreshes.fail(user, at: now.monotonic)
        }
        startRefreshes()
    }
}

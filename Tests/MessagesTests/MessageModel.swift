import Messages
import Vocabulary

/// The rules once more, as plainly as they can be said: lists, scans, and no forgetting.
struct MessageModel {
    struct Entry {
        var isMessage: Bool
        var from: UInt64
        var id: ClientMessageID?
        var text: String
        var time: Int64
    }

    struct Member {
        var joined: Int
        var read: Int
        var delivered: Int
    }

    struct Chat {
        var history: HistoryAccess
        var entries: [Entry] = []
        var members: [UInt64: Member] = [:]
        var changes: [Int] = []

        func messages(upTo seq: Int) -> Int { entries.prefix(seq).filter(\.isMessage).count }

        func own(_ user: UInt64, after seq: Int) -> [Int] {
            (seq..<entries.count).filter { entries[$0].isMessage && entries[$0].from == user }
                .map { $0 + 1 }
        }

        func unread(_ user: UInt64) -> Int? {
            guard let member = members[user] else { return nil }
            return (member.read..<entries.count)
                .filter { entries[$0].isMessage && entries[$0].from != user }.count
        }

        mutating func raise(_ user: UInt64, delivered: Int?, read: Int?) {
            guard var member = members[user] else { return }
            member.read = max(member.read, min(read ?? 0, entries.count))
            member.delivered = max(
                member.delivered, min(delivered ?? 0, entries.count), member.read)
            members[user] = member
        }
    }

    var chats: [UInt64: Chat] = [:]
    var now: Int64 = 0

    /// The `seq` of the reply, negative for a duplicate; nil for a refusal.
    mutating func post(
        _ text: String, by user: UInt64, in chat: UInt64, id: ClientMessageID, seen: Int?
    ) -> Int? {
        guard chats[chat]?.members[user] != nil, var state = chats[chat] else { return nil }
        let own = id.time.milliseconds
        guard own <= now + 60_000, own >= now - 604_800_000 else { return nil }
        if let first = state.entries.firstIndex(where: { $0.id == id && $0.from == user }) {
            return state.entries[first].text == text ? -(first + 1) : nil
        }
        state.raise(user, delivered: nil, read: seen)
        let time = max(now, state.entries.last?.time ?? now)
        state.entries.append(Entry(isMessage: true, from: user, id: id, text: text, time: time))
        let after = state.own(user, after: state.members[user]?.read ?? 0)
        if after.count > 64 {
            let together = zip(after, after.dropFirst()).prefix { $1 == $0 + 1 }.count
            state.raise(user, delivered: nil, read: after[together])
        }
        chats[chat] = state
        return state.entries.count
    }

    mutating func change(
        _ version: Int, in chat: UInt64, _ action: MembershipChange.Action, by actor: UInt64
    ) -> Int? {
        var state: Chat
        switch (chats[chat], action) {
        case (let present?, _): state = present
        case (nil, .create(_, let history, _, _)): state = Chat(history: history)
        case (nil, .join), (nil, .leave), (nil, .role): return nil
        }
        if version >= 1, version <= state.changes.count { return state.changes[version - 1] }
        guard version == state.changes.count + 1 else { return nil }
        let seq = state.entries.count + 1
        switch action {
        case .create(_, _, _, let members):
            guard version == 1 else { return nil }
            join(members, to: &state, at: seq)
        case .join(let members): join(members, to: &state, at: seq)
        case .leave(let user): state.members[user.rawValue] = nil
        case .role: break
        }
        let time = max(now, state.entries.last?.time ?? now)
        state.entries.append(
            Entry(isMessage: false, from: actor, id: nil, text: "", time: time))
        state.changes.append(seq)
        chats[chat] = state
        return seq
    }

    private func join(_ members: [ChatMember], to state: inout Chat, at seq: Int) {
        for member in members where state.members[member.user.rawValue] == nil {
            state.members[member.user.rawValue] = Member(joined: seq, read: seq, delivered: seq)
        }
    }

    mutating func mark(_ user: UInt64, in chat: UInt64, delivered: Int?, read: Int?) {
        chats[chat]?.raise(user, delivered: delivered, read: read)
    }
}

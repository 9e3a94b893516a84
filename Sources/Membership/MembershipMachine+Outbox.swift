internal import ReplicatedState
internal import Toolbox
internal import Vocabulary

extension MembershipMachine {
    /// Puts a decision into the chat's outbox, and announces it if nothing is before it.
    mutating func decide(
        _ action: OutboxRecord.Action, by actor: UserID, in index: Int,
        into effects: inout [MembershipEffect]
    ) -> UInt64 {
        let isFirst = chats[index].pending.isEmpty
        let version = chats[index].decide(action, by: actor)
        outboxCount += 1
        if isFirst {
            let chat = chats[index].chat
            pendingChats.insert(chat, at: pendingChats.lowerBound(of: chat))
            announce(index, into: &effects)
        }
        return version
    }

    /// The shard has applied a change: the next of the chat may go.
    mutating func settle(
        _ chat: ChatID, version: UInt64, at seq: SequenceNumber,
        into effects: inout [MembershipEffect]
    ) -> MembershipReply {
        guard let index = index(of: chat) else { return .refused(.notFound) }
        let settled = UInt64(chats[index].delivered.count)
        if version > 0, version <= settled { return .recorded }
        guard version == settled + 1, !chats[index].pending.isEmpty else {
            return .refused(.invalidField("version"))
        }
        chats[index].settle(at: seq)
        outboxCount -= 1
        if chats[index].pending.isEmpty {
            let place = pendingChats.lowerBound(of: chat)
            if place < pendingChats.count, pendingChats[place] == chat {
                pendingChats.remove(at: place)
            }
        } else {
            announce(index, into: &effects)
        }
        return .recorded
    }

    private func announce(_ index: Int, into effects: inout [MembershipEffect]) {
        if let record = chats[index].announced { effects.append(.outbox(record)) }
    }

    /// Adds a chat to a user's list.
    mutating func list(_ chat: ChatID, for user: UserID, into effects: inout [MembershipEffect]) {
        guard let index = index(of: user) else { return }
        users[index].addChat(chat)
        effects.append(.listChanged(user: user, chat: chat, isAdded: true))
    }

    /// Takes a chat from a user's list.
    mutating func unlist(
        _ chat: ChatID, for user: UserID, into effects: inout [MembershipEffect]
    ) {
        guard let index = index(of: user) else { return }
        users[index].removeChat(chat)
        effects.append(.listChanged(user: user, chat: chat, isAdded: false))
    }
}

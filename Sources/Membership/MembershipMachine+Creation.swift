internal import ReplicatedState
internal import Toolbox
internal import Vocabulary

extension MembershipMachine {
    /// The chat of two. There is at most one for them, so who asks second gets the first one's.
    mutating func createDirect(
        by actor: UserID, with other: UserID, into effects: inout [MembershipEffect]
    ) -> MembershipReply {
        guard index(of: actor) != nil else { return .refused(.notFound) }
        guard other != actor else { return .refused(.invalidField("user")) }
        guard index(of: other) != nil else { return .refused(.notFound) }
        let pair = DirectPair(actor, other)
        if let existing = directs.value(of: pair, hash: pair.hash),
            let index = index(of: existing)
        {
            return chats[index].reply(version: 1, isNew: false)
        }
        var chat = ChatRecord(chat: nextChat, isDirect: true, sharesHistory: true, title: "")
        chat.addMember(pair.smaller, role: .member)
        chat.addMember(pair.larger, role: .member)
        let isNew = directs.insert(chat.chat, for: pair, hash: pair.hash)
        invariant(isNew, "a second direct chat of \(pair.smaller) and \(pair.larger)")
        let index = open(chat, by: actor, into: &effects)
        return chats[index].reply(version: 1, isNew: true)
    }

    /// A group of the actor and others, or the one that an earlier call made or that fits.
    mutating func createGroup(
        _ group: CreateGroup, into effects: inout [MembershipEffect]
    ) -> MembershipReply {
        guard let actor = index(of: group.actor) else { return .refused(.notFound) }
        if let refusal = refusal(of: group) { return .refused(refusal) }
        if !group.key.isEmpty {
            users[actor].forgetCreations(at: applied.time)
            if let first = users[actor].creation(under: group.key),
                let index = self.index(of: first.chat)
            {
                return chats[index].reply(version: first.version, isNew: first.isNew)
            }
            guard users[actor].creations.count < MembershipBounds.idempotencyKeysMaximum else {
                return .refused(.limitReached)
            }
        }
        let members = sortedSet(group.members + [group.actor])
        guard members.allSatisfy({ self.index(of: $0) != nil }) else { return .refused(.notFound) }
        guard members.count <= limits.chatMembersMaximum else { return .refused(.limitReached) }
        let existing = group.reuses ? self.group(of: members, listedBy: actor) : nil
        let index = existing ?? self.open(group, members: members, into: &effects)
        let version = chats[index].version
        if !group.key.isEmpty {
            users[actor].remember(
                UserState.Creation(
                    key: group.key.detached(), time: applied.time, chat: chats[index].chat,
                    version: version, isNew: existing == nil))
        }
        return chats[index].reply(version: version, isNew: existing == nil)
    }

    private func refusal(of group: CreateGroup) -> MembershipRefusal? {
        if group.title.utf8.count > MembershipBounds.titleBytesMaximum {
            return .invalidField("title")
        }
        if group.key.count > MembershipBounds.idempotencyKeyBytesMaximum {
            return .invalidField("idempotency_key")
        }
        return nil
    }

    private var nextChat: ChatID { ChatID(UInt64(chats.count) + 1) }

    private func sortedSet(_ users: [UserID]) -> [UserID] {
        var set: [UserID] = []
        for user in users.sorted() where set.last != user { set.append(user) }
        return set
    }

    /// The oldest group of exactly `members`, which are sorted and one of whom stands at `actor`.
    private func group(of members: [UserID], listedBy actor: Int) -> Int? {
        for chat in users[actor].chats {
            guard let index = index(of: chat) else { continue }
            if !chats[index].isDirect, chats[index].hasExactly(members) { return index }
        }
        return nil
    }

    private mutating func open(
        _ group: CreateGroup, members: [UserID], into effects: inout [MembershipEffect]
    ) -> Int {
        var chat = ChatRecord(
            chat: nextChat, isDirect: false, sharesHistory: group.sharesHistory,
            title: group.title)
        for user in members { chat.addMember(user, role: user == group.actor ? .owner : .member) }
        return open(chat, by: group.actor, into: &effects)
    }

    /// Lets a chat with its first members stand; gives back where.
    private mutating func open(
        _ chat: ChatRecord, by actor: UserID, into effects: inout [MembershipEffect]
    ) -> Int {
        let index = chats.count
        chats.append(chat)
        let action = OutboxRecord.Action.create(
            isDirect: chat.isDirect, sharesHistory: chat.sharesHistory, title: chat.title,
            members: chat.outboxMembers)
        _ = decide(action, by: actor, in: index, into: &effects)
        for member in chat.members { list(chat.chat, for: member.user, into: &effects) }
        return index
    }
}

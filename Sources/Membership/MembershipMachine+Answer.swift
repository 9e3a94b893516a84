public import Toolbox
internal import Vocabulary

extension MembershipMachine {
    public func answer(_ query: Bytes) -> Bytes {
        let decoded: MembershipQuery
        do throws(DecodeFailure) {
            decoded = try MembershipQuery(decoding: query)
        } catch {
            return MembershipAnswer.refused(.undecodable).encoded()
        }
        return answer(decoded).encoded()
    }

    /// The same without the bytes.
    public func answer(_ query: MembershipQuery) -> MembershipAnswer {
        switch query {
        case .account(let name):
            guard let name = AccountName(name), let user = names.value(of: name, hash: name.hash)
            else { return .refused(.notFound) }
            return account(of: user)
        case .user(let user): return account(of: user)
        case .chats(let user):
            guard let index = index(of: user) else { return .refused(.notFound) }
            return .chats(
                position: users[index].position,
                users[index].chats.compactMap { listed($0, for: user) })
        case .chat(let chat):
            guard let index = index(of: chat) else { return .refused(.notFound) }
            let record = chats[index]
            return .chat(
                isDirect: record.isDirect, title: record.title, version: record.version,
                pending: !record.pending.isEmpty, record.outboxMembers)
        case .outbox(let limit):
            let waiting = pendingChats.prefix(Int(limit))
            return .outbox(
                waiting.compactMap { chat in index(of: chat).flatMap { chats[$0].announced } })
        case .counts:
            return .counts(
                users: UInt64(users.count), chats: UInt64(chats.count),
                outbox: UInt64(outboxCount))
        }
    }

    private func account(of user: UserID) -> MembershipAnswer {
        guard let index = index(of: user) else { return .refused(.notFound) }
        let state = users[index]
        return .account(
            Account(
                user: user, name: state.name, displayName: state.displayName,
                email: state.email, hash: state.hash, devices: state.devices.map(\.id)))
    }

    private func listed(_ chat: ChatID, for user: UserID) -> ListedChat? {
        guard let index = index(of: chat) else { return nil }
        let record = chats[index]
        let peer = record.isDirect ? record.members.first { $0.user != user }?.user : nil
        return ListedChat(chat: chat, isDirect: record.isDirect, title: record.title, peer: peer)
    }
}

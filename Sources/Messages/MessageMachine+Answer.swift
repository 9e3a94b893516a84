private import ReplicatedState
public import Toolbox
internal import Vocabulary

extension MessageMachine {
    public func answer(_ query: Bytes) -> Bytes {
        let decoded: MessageQuery
        do throws(DecodeFailure) {
            decoded = try MessageQuery(decoding: query)
        } catch {
            return MessageAnswer.refused(.undecodable).encoded()
        }
        return answer(decoded).encoded()
    }

    /// The same without the bytes.
    public func answer(_ query: MessageQuery) -> MessageAnswer {
        switch query {
        case .page(let chat, let user, let anchor, let limit):
            guard let (state, member) = find(chat, of: user) else { return .refused(.notFound) }
            return .page(
                entries: state.page(for: member, anchor: anchor, limit: limit), head: state.head)
        case .heads(let user, let chats, let since):
            return .heads(index: applied.index, heads(of: user, chats, since: since))
        case .members(let chat, let user):
            guard let (state, _) = find(chat, of: user) else { return .refused(.notFound) }
            return .members(version: state.membersVersion, state.memberList)
        case .describe(let chat):
            guard let state = find(chat) else { return .refused(.notFound) }
            return .description(state.description)
        case .counts: return countsAnswer
        }
    }

    private func heads(of user: UserID, _ chats: [ChatID], since: LogIndex) -> [ChatHead] {
        var heads: [ChatHead] = []
        for chat in chats {
            guard let (state, member) = find(chat, of: user),
                max(state.changedAt, state.members[member].changedAt) > since
            else { continue }
            heads.append(state.head(for: member))
        }
        return heads
    }

    /// - Precondition: there is such an entry.
    func encodeEntry(of chat: ChatID, at seq: SequenceNumber, into writer: inout ByteWriter) {
        let partition = Int(PartitionID.of(chat: chat).rawValue)
        guard let slot = partitions[partition].slot(of: chat) else {
            unreachable("news of \(chat), which is not here")
        }
        // Where it stands: a copy of the chat would cost more than the entry.
        partitions[partition].chats[slot].entries.encodeEntry(at: seq, into: &writer)
    }

    func find(_ chat: ChatID) -> ChatState? {
        let partition = Int(PartitionID.of(chat: chat).rawValue)
        guard let slot = partitions[partition].slot(of: chat) else { return nil }
        return partitions[partition].chats[slot]
    }

    /// Nil as well if `user` is not in the chat: told alike.
    private func find(_ chat: ChatID, of user: UserID) -> (ChatState, member: Int)? {
        guard let state = find(chat), let member = state.memberIndex(of: user) else { return nil }
        return (state, member)
    }
}

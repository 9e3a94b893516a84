internal import ReplicatedState
internal import Toolbox
internal import Vocabulary

extension ChatState {
    /// A change of the members, exactly once and in order of versions; a repeat gets its `seq`.
    mutating func change(
        _ change: MembershipChange, at position: AppliedPosition,
        into effects: inout [MessageNews]
    ) -> MessageReply {
        guard change.version > 0 else { return .refused(.invalidField("version")) }
        if change.version <= membersVersion {
            let seq = changes[Int(change.version) - 1]
            return .changed(seq: seq, membersVersion: change.version)
        }
        guard change.version == membersVersion + 1 else {
            return .refused(.outOfOrder(expected: membersVersion + 1))
        }
        switch change.action {
        case .create(_, _, _, let members):
            guard change.version == 1 else { return .refused(.invalidField("action")) }
            return join(members, by: change.actor, at: position, into: &effects)
        case .join(let members):
            return join(members, by: change.actor, at: position, into: &effects)
        case .leave(let user):
            return leave(user, by: change.actor, at: position, into: &effects)
        case .role(let user, let role):
            if let member = memberIndex(of: user) { members[member].role = role }
            let entry = entry(.role, by: change.actor, users: [user], role: role, at: position)
            return conclude(entry, removed: nil, at: position, into: &effects)
        }
    }

    private mutating func join(
        _ joining: [ChatMember], by actor: UserID, at position: AppliedPosition,
        into effects: inout [MessageNews]
    ) -> MessageReply {
        let seq = head.next
        for member in joining {
            let index = memberLowerBound(of: member.user)
            // Who is in already keeps his record: his join stands where it stood.
            if index < members.count, members[index].user == member.user {
                members[index].role = member.role
            } else {
                let state = MemberState(member, joined: seq, ord: entries.ord, at: position.index)
                members.insert(state, at: index)
            }
        }
        membersDidChange()
        let entry = entry(.join, by: actor, users: joining.map(\.user), at: position)
        return conclude(entry, removed: nil, at: position, into: &effects)
    }

    private mutating func leave(
        _ user: UserID, by actor: UserID, at position: AppliedPosition,
        into effects: inout [MessageNews]
    ) -> MessageReply {
        let member = memberIndex(of: user)
        if let member { members.remove(at: member) }
        membersDidChange()
        let entry = entry(.leave, by: actor, users: [user], at: position)
        let removed = member == nil ? nil : user
        return conclude(entry, removed: removed, at: position, into: &effects)
    }

    private func entry(
        _ kind: ChatEntry.Kind, by actor: UserID, users: [UserID], role: ChatRole? = nil,
        at position: AppliedPosition
    ) -> ChatEntry {
        ChatEntry(
            seq: .zero, ord: 0, time: entryTime(at: position.time), from: actor, kind: kind,
            users: users, role: role, digest: 0)
    }

    private mutating func conclude(
        _ entry: ChatEntry, removed: UserID?, at position: AppliedPosition,
        into effects: inout [MessageNews]
    ) -> MessageReply {
        entries.append(entry)
        changes.append(head)
        changedAt = position.index
        effects.append(.appended(chat: chat, seq: head, readers: readers, removed: removed))
        return .changed(seq: head, membersVersion: membersVersion)
    }
}

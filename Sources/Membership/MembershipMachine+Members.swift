internal import ReplicatedState
internal import Toolbox
internal import Vocabulary

extension MembershipMachine {
    /// Brings a user in, or changes a member's role.
    mutating func setMember(
        _ user: UserID, role: MemberRole?, in chat: ChatID, by actor: UserID,
        into effects: inout [MembershipEffect]
    ) -> MembershipReply {
        guard let index = index(of: chat), let actorRole = chats[index].role(of: actor),
            self.index(of: user) != nil
        else { return .refused(.notFound) }
        guard !chats[index].isDirect else { return .refused(.notAllowed) }
        guard let member = chats[index].memberIndex(of: user) else {
            return add(user, role: role ?? .member, to: index, by: actor, into: &effects)
        }
        let present = chats[index].members[member]
        guard let role, role != present.role else {
            // Nothing to decide: answered with what brought the present state about.
            let version = role == nil ? present.joinVersion : present.roleVersion
            return chats[index].reply(version: version, isNew: false)
        }
        // A group has one owner at every moment: he hands over, and does not just step down.
        guard actorRole == .owner, user != actor else { return .refused(.notAllowed) }
        if role == .owner { giveRole(.admin, to: actor, in: index, by: actor, into: &effects) }
        giveRole(role, to: user, in: index, by: actor, into: &effects)
        return chats[index].reply(version: chats[index].version, isNew: false)
    }

    private mutating func add(
        _ user: UserID, role: MemberRole, to index: Int, by actor: UserID,
        into effects: inout [MembershipEffect]
    ) -> MembershipReply {
        switch (chats[index].role(of: actor), role) {
        case (.owner, .member), (.owner, .admin), (.admin, .member): break
        case (.owner, .owner): return .refused(.notMember)
        case (.admin, _), (.member, _), (nil, _): return .refused(.notAllowed)
        }
        guard chats[index].members.count < limits.chatMembersMaximum else {
            return .refused(.limitReached)
        }
        chats[index].addMember(user, role: role)
        let joining = OutboxMember(user: user, role: role)
        let version = decide(.join([joining]), by: actor, in: index, into: &effects)
        list(chats[index].chat, for: user, into: &effects)
        return chats[index].reply(version: version, isNew: true)
    }

    private mutating func giveRole(
        _ role: MemberRole, to user: UserID, in index: Int, by actor: UserID,
        into effects: inout [MembershipEffect]
    ) {
        guard let member = chats[index].memberIndex(of: user) else { return }
        chats[index].setRole(role, at: member)
        _ = decide(.role(user, role), by: actor, in: index, into: &effects)
    }

    /// Takes a member out; of oneself, it is leaving.
    mutating func removeMember(
        _ user: UserID, from chat: ChatID, by actor: UserID,
        into effects: inout [MembershipEffect]
    ) -> MembershipReply {
        guard let index = index(of: chat) else { return .refused(.notFound) }
        guard let actorRole = chats[index].role(of: actor) else {
            // Who has left and asks again, because the answer was lost, waits for the same record.
            guard actor == user, let version = chats[index].pendingLeave(of: user) else {
                return .refused(.notFound)
            }
            return chats[index].reply(version: version, isNew: false)
        }
        guard self.index(of: user) != nil else { return .refused(.notFound) }
        guard !chats[index].isDirect else { return .refused(.notAllowed) }
        guard let member = chats[index].memberIndex(of: user) else {
            guard actorRole != .member else { return .refused(.notAllowed) }
            guard let version = chats[index].pendingLeave(of: user) else {
                return .refused(.notMember)
            }
            return chats[index].reply(version: version, isNew: false)
        }
        let role = chats[index].members[member].role
        guard user == actor || mayRemove(role, by: actorRole) else {
            return .refused(.notAllowed)
        }
        return takeOut(member, from: index, by: actor, into: &effects)
    }

    private func mayRemove(_ role: MemberRole, by actorRole: MemberRole) -> Bool {
        switch actorRole {
        case .owner: true
        case .admin: role == .member
        case .member: false
        }
    }

    private mutating func takeOut(
        _ member: Int, from index: Int, by actor: UserID, into effects: inout [MembershipEffect]
    ) -> MembershipReply {
        let leaving = chats[index].members[member]
        chats[index].removeMember(at: member)
        let version = decide(.leave(leaving.user), by: actor, in: index, into: &effects)
        if leaving.role == .owner, let successor = chats[index].successorIndex {
            let user = chats[index].members[successor].user
            giveRole(.owner, to: user, in: index, by: actor, into: &effects)
        }
        unlist(chats[index].chat, for: leaving.user, into: &effects)
        return chats[index].reply(version: version, isNew: false)
    }
}

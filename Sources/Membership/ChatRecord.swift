internal import Toolbox
internal import Vocabulary

/// One chat as it was decided: who is in it, and which decisions its shard has not applied yet.
struct ChatRecord: Sendable {
    struct Member: Sendable {
        let user: UserID
        var role: MemberRole
        /// The version that brought the member in.
        let joinVersion: UInt64
        /// The version that gave the present role.
        var roleVersion: UInt64
    }

    /// A decision without its version, which follows from its place.
    struct Change: Sendable {
        let actor: UserID
        let action: OutboxRecord.Action
    }

    let chat: ChatID
    let isDirect: Bool
    let sharesHistory: Bool
    let title: String
    /// Ascending by user.
    private(set) var members: [Member] = []
    /// Where the shard put the change of version n, at n - 1.
    private(set) var delivered: [SequenceNumber] = []
    /// The outbox: versions after `delivered.count`, in order.
    private(set) var pending: [Change] = []

    init(chat: ChatID, isDirect: Bool, sharesHistory: Bool, title: String) {
        self.chat = chat
        self.isDirect = isDirect
        self.sharesHistory = sharesHistory
        self.title = title
    }

    /// Of the latest decision.
    var version: UInt64 { UInt64(delivered.count + pending.count) }

    /// The record whose turn it is.
    var announced: OutboxRecord? { pending.isEmpty ? nil : record(at: 0) }

    private func record(at offset: Int) -> OutboxRecord {
        OutboxRecord(
            chat: chat, version: UInt64(delivered.count + offset + 1),
            actor: pending[offset].actor, action: pending[offset].action)
    }

    /// The answer to who asked for the change `version`.
    func reply(version: UInt64, isNew: Bool) -> MembershipReply {
        guard version > 0, version <= UInt64(delivered.count) else {
            return .pending(chat: chat, version: version, isNew: isNew)
        }
        let seq = delivered[Int(version) - 1]
        return .settled(chat: chat, version: version, seq: seq, isNew: isNew)
    }

    /// Adds a decision to the outbox; gives back its version.
    mutating func decide(_ action: OutboxRecord.Action, by actor: UserID) -> UInt64 {
        pending.append(Change(actor: actor, action: action))
        return version
    }

    /// The shard has applied the change whose turn it was.
    ///
    /// - Precondition: something is pending.
    mutating func settle(at seq: SequenceNumber) {
        pending.removeFirst()
        delivered.append(seq)
    }

    /// The version of the undelivered decision by which `user`, no member now, left.
    func pendingLeave(of user: UserID) -> UInt64? {
        for (offset, change) in pending.enumerated().reversed() {
            if case .leave(user) = change.action { return UInt64(delivered.count + offset + 1) }
        }
        return nil
    }

    // MARK: Members

    func memberIndex(of user: UserID) -> Int? {
        let index = memberLowerBound(of: user)
        return index < members.count && members[index].user == user ? index : nil
    }

    func role(of user: UserID) -> MemberRole? {
        memberIndex(of: user).map { members[$0].role }
    }

    /// Whether exactly `users`, which are sorted, are in it.
    func hasExactly(_ users: [UserID]) -> Bool {
        members.count == users.count && zip(members, users).allSatisfy { $0.user == $1 }
    }

    /// Brings in who is not in; the decision that does it is the next.
    mutating func addMember(_ user: UserID, role: MemberRole) {
        let next = version + 1
        let member = Member(user: user, role: role, joinVersion: next, roleVersion: next)
        members.insert(member, at: memberLowerBound(of: user))
    }

    mutating func removeMember(at index: Int) { members.remove(at: index) }

    /// The decision that gives the role is the next.
    mutating func setRole(_ role: MemberRole, at index: Int) {
        members[index].role = role
        members[index].roleVersion = version + 1
    }

    /// Who owns the chat once its owner is gone: of the admins, else of all, who joined first.
    var successorIndex: Int? {
        members.indices.min { left, right in
            let (one, other) = (members[left], members[right])
            guard one.role == other.role else { return one.role.rawValue > other.role.rawValue }
            return (one.joinVersion, one.user) < (other.joinVersion, other.user)
        }
    }

    var outboxMembers: [OutboxMember] {
        members.map { OutboxMember(user: $0.user, role: $0.role) }
    }

    private func memberLowerBound(of user: UserID) -> Int {
        var (low, high) = (0, members.count)
        while low < high {
            let middle = (low + high) / 2
            if members[middle].user < user { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension ChatRecord {
    func encode(into writer: inout ByteWriter) {
        writer.write(isDirect)
        writer.write(sharesHistory)
        writer.writeCounted(title)
        writer.write(UInt32(members.count))
        for member in members {
            writer.write(member.user)
            writer.write(member.role)
            writer.write(member.joinVersion)
            writer.write(member.roleVersion)
        }
        writer.write(list: delivered)
        writer.write(UInt32(pending.count))
        for change in pending {
            writer.write(change.actor)
            writer.write(change.action)
        }
    }

    init(from reader: inout ByteReader, chat: ChatID) throws(DecodeFailure) {
        self.init(
            chat: chat, isDirect: try reader.readBool(), sharesHistory: try reader.readBool(),
            title: try reader.readCountedText())
        let membersCount = try reader.read(UInt32.self)
        for _ in 0..<membersCount {
            let member = Member(
                user: try reader.read(), role: try reader.read(), joinVersion: try reader.read(),
                roleVersion: try reader.read())
            try reader.expect(
                members.last.map { $0.user < member.user } ?? true, "members of \(chat)")
            members.append(member)
        }
        delivered = try reader.readList()
        let pendingCount = try reader.read(UInt32.self)
        for _ in 0..<pendingCount {
            pending.append(Change(actor: try reader.read(), action: try reader.read()))
        }
        try reader.expect(version > 0, "versions of \(chat)")
        let versions = 1...version
        for member in members {
            try reader.expect(
                versions.contains(member.joinVersion) && versions.contains(member.roleVersion),
                "versions of \(member.user) in \(chat)")
        }
    }
}

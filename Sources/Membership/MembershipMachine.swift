public import ReplicatedState
public import Toolbox
public import Vocabulary

/// The rule book of the membership group: accounts and their devices, chats and who is in them, and
/// an outbox of the decisions that the chats' shards have not applied yet.
public struct MembershipMachine: ReplicatedMachine {
    public typealias Effect = MembershipEffect

    public let group: ReplicaGroupID
    let limits: MachineLimits
    /// The user of id n stands at n - 1.
    var users = ChunkedArray<UserState>()
    /// The chat of id n stands at n - 1.
    var chats = ChunkedArray<ChatRecord>()
    /// The number of the device made last.
    var devicesMade: UInt64 = 0
    var names = LookupTable<AccountName, UserID>()
    var directs = LookupTable<DirectPair, ChatID>()
    /// Chats with something in the outbox, ascending.
    var pendingChats: [ChatID] = []
    var outboxCount = 0
    /// Of the last command; neither part ever goes back.
    private(set) var applied: AppliedPosition

    public init(group: ReplicaGroupID, limits: MachineLimits) {
        self.group = group
        self.limits = limits
        applied = AppliedPosition(index: .zero, time: WallTime(milliseconds: 0))
    }

    public init(
        group: ReplicaGroupID, limits: MachineLimits, restoring bytes: Bytes
    ) throws(DecodeFailure) {
        self.init(group: group, limits: limits)
        var reader = ByteReader(bytes)
        let version = try reader.read(UInt8.self)
        try reader.expect(
            version == MembershipSnapshot.formatVersion, "snapshot format \(version)")
        applied = AppliedPosition(index: try reader.read(), time: try reader.read())
        devicesMade = try reader.read()
        let usersCount = try reader.read(UInt32.self)
        for _ in 0..<usersCount { try restoreUser(from: &reader) }
        let chatsCount = try reader.read(UInt32.self)
        for _ in 0..<chatsCount { try restoreChat(from: &reader) }
        try checkCreations(reader)
        try reader.expectEnd()
    }

    public func needs(_ command: Bytes) -> [MachineKey] { [] }

    public mutating func apply(
        _ command: Bytes, at position: AppliedPosition, into effects: inout [MembershipEffect]
    ) -> Bytes {
        applied = AppliedPosition(
            index: max(applied.index, position.index), time: max(applied.time, position.time))
        return reply(to: command, into: &effects).encoded()
    }

    public var snapshot: any MachineSnapshot { held }

    public var digest: UInt64 { XXH64.hash(held.encode()) }

    private var held: MembershipSnapshot {
        MembershipSnapshot(
            applied: applied, devicesMade: devicesMade, users: users, chats: chats)
    }

    private mutating func reply(
        to command: Bytes, into effects: inout [MembershipEffect]
    ) -> MembershipReply {
        let decoded: MembershipCommand
        do throws(DecodeFailure) {
            decoded = try MembershipCommand(decoding: command)
        } catch {
            return .refused(.undecodable)
        }
        switch decoded {
        case .register(let name, let displayName, let email, let hash):
            return register(name: name, displayName: displayName, email: email, hash: hash)
        case .openDevice(let user, let device, let label):
            return openDevice(of: user, device, label: label)
        case .createDirect(let actor, let other):
            return createDirect(by: actor, with: other, into: &effects)
        case .createGroup(let group): return createGroup(group, into: &effects)
        case .setMember(let actor, let chat, let user, let role):
            return setMember(user, role: role, in: chat, by: actor, into: &effects)
        case .removeMember(let actor, let chat, let user):
            return removeMember(user, from: chat, by: actor, into: &effects)
        case .delivered(let chat, let version, let seq):
            return settle(chat, version: version, at: seq, into: &effects)
        }
    }

    /// Where a user stands; nil if there is none of this id.
    func index(of user: UserID) -> Int? {
        user.rawValue > 0 && user.rawValue <= UInt64(users.count) ? Int(user.rawValue) - 1 : nil
    }

    /// Where a chat stands; nil if there is none of this id.
    func index(of chat: ChatID) -> Int? {
        chat.rawValue > 0 && chat.rawValue <= UInt64(chats.count) ? Int(chat.rawValue) - 1 : nil
    }
}

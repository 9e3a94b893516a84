internal import ReplicatedState
internal import Toolbox

/// The membership group's state held still: references to its users and chats.
struct MembershipSnapshot: MachineSnapshot {
    static let formatVersion: UInt8 = 1

    let applied: AppliedPosition
    let devicesMade: UInt64
    let users: ChunkedArray<UserState>
    let chats: ChunkedArray<ChatRecord>

    func encode() -> Bytes {
        var writer = ByteWriter(reserving: 1 << 16)
        writer.write(Self.formatVersion)
        writer.write(applied.index)
        writer.write(applied.time)
        writer.write(devicesMade)
        writer.write(UInt32(users.count))
        for index in 0..<users.count { users[index].encode(into: &writer) }
        writer.write(UInt32(chats.count))
        for index in 0..<chats.count { chats[index].encode(into: &writer) }
        return writer.take()
    }
}

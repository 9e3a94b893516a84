import Messages
import Testing
import Toolbox
import Vocabulary

/// The vectors of this room's page; computed by another program than ours.
@Suite("The chain of digests")
struct EntryDigestTests {
    static let time: Int64 = 1_700_000_000_000

    static func message(
        from: UInt64, id: String, _ body: MessageBody, after: Int64
    ) throws -> ChatEntry {
        let id: ClientMessageID = try #require(ClientMessageID(id))
        return ChatEntry(
            seq: .zero, ord: 0, time: WallTime(milliseconds: time + after), from: UserID(from),
            kind: .message, clientID: id, body: body, digest: 0)
    }

    static func change(
        _ kind: ChatEntry.Kind, from: UInt64, users: [UInt64], role: ChatRole? = nil, after: Int64
    ) -> ChatEntry {
        ChatEntry(
            seq: .zero, ord: 0, time: WallTime(milliseconds: time + after), from: UserID(from),
            kind: kind, users: users.map { UserID($0) }, role: role, digest: 0)
    }

    @Test("follows the vectors of the page")
    func vectors() throws {
        let reply = MessageBody(
            text: "yes", replyTo: SequenceNumber(2), mentions: [UserID(1)], attachments: ["a/17"])
        let rows: [(ChatEntry, ord: UInt64, body: UInt64, digest: UInt64)] = [
            (
                Self.change(.join, from: 1, users: [1, 2], after: 0), 0, 0xc237_5ba6_3ad2_fcf2,
                0xd09e_9ee2_a555_f587
            ),
            (
                try Self.message(
                    from: 1, id: "018bcfe5-6801-7000-8000-00000000002a",
                    MessageBody(text: "Hi, 世界"), after: 1), 1, 0x00da_a0ab_72f5_32e4,
                0xa70d_0c36_1f06_9233
            ),
            (
                try Self.message(
                    from: 2, id: "018bcfe5-6802-7000-8000-00000000002b", reply, after: 2), 2,
                0xea94_2d5c_9bd0_57a8, 0x7337_e6aa_46eb_9784
            ),
            (
                Self.change(.role, from: 1, users: [2], role: .admin, after: 3), 2,
                0xb023_b3e5_6d2c_7750, 0xd5b6_904b_cc27_e37c
            ),
            (
                Self.change(.leave, from: 2, users: [2], after: 4), 2, 0xf85a_645f_46b7_05c5,
                0x7eab_5a41_d69e_2716
            ),
        ]
        var previous: UInt64 = 0
        for (offset, row) in rows.enumerated() {
            var entry = row.0
            entry.seq = SequenceNumber(UInt64(offset) + 1)
            entry.ord = row.ord
            #expect(EntryDigest.bodyHash(of: entry) == row.body)
            previous = EntryDigest.digest(of: entry, after: previous)
            #expect(previous == row.digest)
        }
    }

    @Test("is what a machine's entries carry")
    func machine() throws {
        var desk = Desk()
        _ = try desk.create(users: [1, 2])
        desk.now += 1
        let id = try #require(ClientMessageID("018bcfe5-6801-7000-8000-00000000002a"))
        _ = try desk.post("Hi, 世界", by: 1, id: id)
        let digests = try #require(try desk.page(of: 1)).map(\.digest)
        #expect(digests == [0xd09e_9ee2_a555_f587, 0xa70d_0c36_1f06_9233])
    }

    @Test("puts every chat into one partition for ever")
    func partitions() {
        let rows: [(UInt64, UInt16)] = [(1, 405), (2, 432), (3, 65), (1_000, 585), (.max, 713)]
        for (chat, partition) in rows {
            #expect(PartitionID.of(chat: ChatID(chat)) == PartitionID(partition))
        }
    }
}

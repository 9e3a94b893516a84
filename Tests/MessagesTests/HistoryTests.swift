import Messages
import ReplicatedState
import Testing
import Toolbox
import Vocabulary

@Suite("A long history")
struct HistoryTests {
    /// Texts of every length, some longer than any chunk.
    private static func text(_ number: Int) -> Bytes {
        let length = number % 97 == 96 ? 90_000 : number * 37 % 600
        return Bytes([UInt8](repeating: UInt8(97 + number % 26), count: length + 1))
    }

    @Test("is read back as it was written, wherever one looks")
    func readBack() throws {
        var desk = try Desk(users: [1, 2])
        for number in 0..<1_000 { _ = try desk.post(Self.text(number), by: 1 + UInt64(number % 2)) }
        let copy = try desk.restored()
        #expect(copy.machine.digest == desk.machine.digest)
        for seq: UInt64 in [2, 3, 97, 98, 99, 500, 777, 999, 1_000, 1_001] {
            for machine in [desk, copy] {
                let entries = try machine.page(of: 1, .at(SequenceNumber(seq)), limit: 1)
                let entry = try #require(entries?.first)
                #expect(entry.seq == SequenceNumber(seq))
                #expect(entry.ord == seq - 1)
                #expect(entry.body?.text == Self.text(Int(seq) - 2))
            }
        }
    }

    @Test("tells a repeat from a new message after thousands of them")
    func repeats() throws {
        var desk = try Desk(users: [1, 2])
        var ids: [ClientMessageID] = []
        for number in 0..<3_000 {
            desk.now += Int64(number % 50)
            ids.append(desk.freshID())
            _ = try desk.post(by: 1, id: ids[number])
        }
        for desk in [desk, try desk.restored()] {
            var desk = desk
            for number in stride(from: 0, to: 3_000, by: 13) {
                let posted = try desk.post(by: 1, id: ids[number]).posted
                #expect(posted?.isDuplicate == true)
                #expect(posted?.seq == SequenceNumber(UInt64(number) + 2))
                // The same id of another sender is another message.
                #expect(try desk.post(by: 2, id: ids[number]).posted?.isDuplicate == false)
            }
        }
    }

    @Test("held still by a snapshot does not change under it")
    func snapshot() throws {
        var desk = try Desk(users: [1, 2])
        for number in 0..<300 { _ = try desk.post(Self.text(number), by: 1) }
        let held = desk.machine.snapshot
        let bytes = held.encode()
        for number in 0..<300 { _ = try desk.post(Self.text(number), by: 2) }
        #expect(held.encode() == bytes)
        #expect(desk.machine.snapshot.encode() != bytes)
    }

    @Test("is streamed as the bytes that its effects have")
    func effectBytes() throws {
        var desk = try Desk(users: [1, 2, 3])
        for number in 0..<200 {
            let body = MessageBody(
                text: Self.text(number), replyTo: number % 3 == 0 ? SequenceNumber(1) : nil,
                mentions: number % 5 == 0 ? [UserID(2)] : [],
                attachments: number % 7 == 0 ? ["a/17"] : [])
            _ = try desk.post(by: 1)
            let command = MessageCommand.post(
                Post(chat: Desk.chat, sender: UserID(2), clientID: desk.freshID(), body: body))
            var news: [MessageNews] = []
            desk.index += 1
            _ = desk.machine.apply(command.encoded(), at: desk.position, into: &news)
            for item in news {
                for here: Set<UInt64> in [[1, 2, 3], [3], []] {
                    let isHere = { (user: UserID) in here.contains(user.rawValue) }
                    let effect = desk.machine.effect(of: item, where: isHere)
                    var writer = ByteWriter()
                    let isWritten = desk.machine.encodeEffect(
                        of: item, where: isHere, into: &writer)
                    #expect(isWritten == (effect != nil))
                    #expect(writer.take() == effect?.encoded() ?? Bytes())
                }
            }
        }
    }
}

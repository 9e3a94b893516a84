import HistoryChecking
import Testing
import Toolbox
import Vocabulary

@Suite("A history of a chat")
struct ChatModelTests {
    typealias ChatOperation = Operation<ChatModel.Input, ChatModel.Output>

    static func id(_ number: UInt64) -> ClientMessageID {
        ClientMessageID(time: WallTime(milliseconds: 1), random: (number, number))
    }

    static func send(
        _ number: UInt64, by user: UInt64, _ called: Int64, seq: UInt64, _ returned: Int64
    ) -> ChatOperation {
        ChatOperation(
            .send(id(number), by: UserID(user)), calledAt: called,
            output: .appended(SequenceNumber(seq)), returnedAt: returned)
    }

    static func remove(
        _ user: UInt64, _ called: Int64, seq: UInt64, _ returned: Int64
    ) -> ChatOperation {
        ChatOperation(
            .remove(UserID(user)), calledAt: called, output: .appended(SequenceNumber(seq)),
            returnedAt: returned)
    }

    static func add(
        _ user: UInt64, _ called: Int64, seq: UInt64, _ returned: Int64
    ) -> ChatOperation {
        ChatOperation(
            .add(UserID(user)), calledAt: called, output: .appended(SequenceNumber(seq)),
            returnedAt: returned)
    }

    static func read(
        by user: UInt64, after: UInt64 = 1, _ called: Int64, _ entries: [ChatModel.Entry],
        head: UInt64, _ returned: Int64
    ) -> ChatOperation {
        ChatOperation(
            .read(by: UserID(user), after: SequenceNumber(after)), calledAt: called,
            output: .page(entries, head: SequenceNumber(head)), returnedAt: returned)
    }

    static func message(_ number: UInt64, from user: UInt64) -> ChatModel.Entry {
        .message(id(number), from: UserID(user))
    }

    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let history: [ChatOperation]
        let isAllowed: Bool
    }

    static let rows = [
        Row(
            testDescription: "two send at once and everybody sees one order",
            history: [
                send(1, by: 1, 0, seq: 3, 9), send(2, by: 2, 0, seq: 2, 9),
                read(by: 1, 10, [message(2, from: 2), message(1, from: 1)], head: 3, 11),
            ], isAllowed: true),
        Row(
            testDescription: "an acknowledged message is lost",
            history: [
                send(1, by: 1, 0, seq: 2, 1), read(by: 2, 2, [], head: 1, 3),
            ], isAllowed: false),
        Row(
            testDescription: "one position is given twice",
            history: [send(1, by: 1, 0, seq: 2, 1), send(2, by: 2, 2, seq: 2, 3)],
            isAllowed: false),
        Row(
            testDescription: "a position is left out",
            history: [send(1, by: 1, 0, seq: 3, 1)], isAllowed: false),
        Row(
            testDescription: "a position is left out where a send of unknown outcome may stand",
            history: [
                ChatOperation(.send(id(2), by: UserID(2)), calledAt: 0),
                send(1, by: 1, 0, seq: 3, 1),
            ], isAllowed: true),
        Row(
            testDescription: "a repeat gets the first position",
            history: [
                send(1, by: 1, 0, seq: 2, 1), send(2, by: 2, 2, seq: 3, 3),
                send(1, by: 1, 4, seq: 2, 5),
            ], isAllowed: true),
        Row(
            testDescription: "a repeat is appended again",
            history: [send(1, by: 1, 0, seq: 2, 1), send(1, by: 1, 4, seq: 3, 5)],
            isAllowed: false),
        Row(
            testDescription: "a removed member's send is accepted",
            history: [remove(2, 0, seq: 2, 1), send(1, by: 2, 2, seq: 3, 3)], isAllowed: false),
        Row(
            testDescription: "a removed member's send is accepted before the removal's answer",
            history: [remove(2, 0, seq: 3, 9), send(1, by: 2, 1, seq: 2, 8)], isAllowed: true),
        Row(
            testDescription: "a removed member still reads",
            history: [remove(2, 0, seq: 2, 1), read(by: 2, 2, [], head: 1, 3)],
            isAllowed: false),
        Row(
            testDescription: "a removed member finds nothing",
            history: [
                remove(2, 0, seq: 2, 1),
                ChatOperation(
                    .read(by: UserID(2), after: .zero), calledAt: 2, output: .notFound,
                    returnedAt: 3),
            ], isAllowed: true),
        Row(
            testDescription: "a member finds nothing",
            history: [
                ChatOperation(
                    .send(id(1), by: UserID(2)), calledAt: 2, output: .notFound, returnedAt: 3)
            ], isAllowed: false),
        Row(
            testDescription: "who comes back reads on, and repeats are answered alike",
            history: [
                remove(2, 0, seq: 2, 1), remove(2, 2, seq: 2, 3), add(2, 4, seq: 3, 5),
                add(2, 6, seq: 3, 7),
                read(by: 2, 8, [.leave(UserID(2)), .join([UserID(2)])], head: 3, 9),
            ], isAllowed: true),
        Row(
            testDescription: "a page may end early",
            history: [
                send(1, by: 1, 0, seq: 2, 1), send(2, by: 1, 2, seq: 3, 3),
                read(by: 2, 4, [message(1, from: 1)], head: 3, 5),
            ], isAllowed: true),
        Row(
            testDescription: "a page is empty before the head",
            history: [send(1, by: 1, 0, seq: 2, 1), read(by: 2, 4, [], head: 2, 5)],
            isAllowed: false),
        Row(
            testDescription: "an older head comes after a newer one",
            history: [
                ChatOperation(.send(id(1), by: UserID(1)), calledAt: 0),
                read(by: 1, 1, [message(1, from: 1)], head: 2, 2),
                read(by: 2, 3, [], head: 1, 4),
            ], isAllowed: false),
    ]

    @Test("is allowed or not", arguments: rows)
    func verdicts(row: Row) {
        let model = ChatModel(members: [UserID(1), UserID(2)])
        switch LinearizabilityChecker(model: model).check(row.history) {
        case .linearizable: #expect(row.isAllowed)
        case .violation: #expect(!row.isAllowed)
        case .undecided: Issue.record("undecided")
        }
    }

    @Test("without shared history starts at the join")
    func joinedHistory() {
        let model = ChatModel(members: [UserID(1)], sharesHistory: false)
        let start = [Self.send(1, by: 1, 0, seq: 2, 1), Self.add(2, 2, seq: 3, 3)]
        let good = Self.read(by: 2, after: 0, 4, [.join([UserID(2)])], head: 3, 5)
        let bad = Self.read(by: 2, after: 1, 4, [Self.message(1, from: 1)], head: 3, 5)
        #expect(
            LinearizabilityChecker(model: model).check(start + [good])
                == .linearizable(order: [0, 1, 2]))
        #expect(
            LinearizabilityChecker(model: model).check(start + [bad])
                == .violation(explained: [0, 1], stuck: 2))
    }

    @Test("of many clients is judged quickly")
    func size() {
        var random = SeededRandom(seed: 5)
        let model = ChatModel(members: (1...8).map { UserID($0) })
        var history: [ChatOperation] = []
        // Each send takes effect at its own moment and is open for a while around it.
        for number: UInt64 in 1...2_000 {
            let moment = Int64(number) * 10
            history.append(
                Self.send(
                    number, by: random.below(8) + 1, moment - Int64(random.below(100)),
                    seq: number + 1, moment + Int64(random.below(100))))
        }
        let order = Array(history.indices)
        #expect(LinearizabilityChecker(model: model).check(history) == .linearizable(order: order))
    }
}

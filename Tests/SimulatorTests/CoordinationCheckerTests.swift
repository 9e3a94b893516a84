import Coordination
import Simulator
import Testing
import Toolbox
import VirtualWorld
import Vocabulary
import ZooKeeperWire

/// A log of a few entries: one session that makes `/a` and sets it twice.
private struct Story {
    static let owner = CoordinationOwner(
        node: NodeID(1), incarnation: Incarnation(7), connection: ConnectionID(3))
    static let session = CoordinationSessionID(0x0100_0000_0000_0001)
    static let create = ZooKeeperRequest.create(
        CreateRequest(path: "/a", data: "one", mode: .ephemeral))
    static let set = ZooKeeperRequest.setData(SetDataRequest(path: "/a", data: "two", version: 0))
    static let read = ZooKeeperRequest.getData(ReadRequest(path: "/a", setsWatch: true))

    var model = CoordinationModel()

    init() {
        model.apply(
            .openSession(.none, timeoutMilliseconds: 4_000, owner: Self.owner), at: LogIndex(1))
        apply(Self.create, 1, at: 2)
        apply(Self.set, 2, at: 3)
        // Refused: the version is another by now.
        apply(Self.set, 3, at: 4)
    }

    static func write(_ request: ZooKeeperRequest, _ sequence: Int32) -> CoordinationCommand? {
        CoordinationOperation(request).map {
            .write(
                CoordinationWrite(
                    $0,
                    by: CoordinationRequester(
                        session: session, owner: owner, xid: Xid(sequence)), as: []))
        }
    }

    private mutating func apply(_ request: ZooKeeperRequest, _ sequence: Int32, at index: UInt64) {
        guard let command = Self.write(request, sequence) else { return }
        model.apply(command, at: LogIndex(index))
    }

    /// What is wrong with an answer that says it was given behind `zxid`.
    func faults(
        of answer: CoordinationModel.Answer, to request: ZooKeeperRequest, at zxid: Int64,
        floor: Int64 = 0
    ) -> [Violation] {
        var violations: [Violation] = []
        let heard = CoordinationReplyHeard(
            sent: CoordinationRequestSent(xid: Xid(1), request: request, floor: Zxid(floor)),
            session: Self.session, zxid: Zxid(zxid), answer: answer)
        OperationsAreLinearizable.check(heard, from: 0, model, into: &violations)
        return violations
    }

    /// What a reader of `/a` is right to be told behind `zxid`.
    func right(_ zxid: Int64) throws -> CoordinationModel.Answer {
        try #require(model.answer(to: Self.read, asOf: Zxid(zxid)))
    }
}

@Suite("Answers of the coordination service")
struct OperationsAreLinearizableTests {
    @Test("of their own state are right", arguments: 1...4 as ClosedRange<Int64>)
    func right(zxid: Int64) throws {
        let story = Story()
        #expect(story.faults(of: try story.right(zxid), to: Story.read, at: zxid).isEmpty)
    }

    @Test("of another state than they name are found")
    func wrong() throws {
        let story = Story()
        #expect(!story.faults(of: try story.right(2), to: Story.read, at: 3).isEmpty)
        #expect(!story.faults(of: .init(error: .noNode), to: Story.read, at: 3).isEmpty)
    }

    @Test("older than what was told before are found, and so are those of the future")
    func stale() throws {
        let story = Story()
        let answer = try story.right(2)
        #expect(story.faults(of: answer, to: Story.read, at: 2, floor: 2).isEmpty)
        #expect(!story.faults(of: answer, to: Story.read, at: 2, floor: 3).isEmpty)
        #expect(!story.faults(of: try story.right(4), to: Story.read, at: 9).isEmpty)
    }

    @Test("to writes are those of the log")
    func writes() {
        let story = Story()
        let refused = CoordinationModel.Answer(error: .badVersion)
        #expect(story.faults(of: refused, to: Story.set, at: 4).isEmpty)
        #expect(!story.faults(of: refused, to: Story.set, at: 3).isEmpty)
        #expect(!story.faults(of: refused, to: Story.create, at: 4).isEmpty)
        #expect(!story.faults(of: .init(), to: Story.set, at: 4).isEmpty)
    }
}

@Suite("The other checkers of the coordination service")
struct CoordinationCheckerTests {
    @Test(
        "streams of commands have no gap and no repetition",
        arguments: [([1, 2, 3], 0), ([1, 3], 1), ([2], 1), ([1, 1], 1)] as [([Int32], Int)])
    func streams(sequences: [Int32], count: Int) throws {
        var checker = StreamsAreWhole()
        var violations: [Violation] = []
        for sequence in sequences {
            checker.note(try #require(Story.write(Story.set, sequence)), into: &violations)
        }
        #expect(violations.count == count)
    }

    @Test("a change behind a watch must have been told, once")
    func watches() throws {
        let story = Story()
        var watches = WatchBeforeData()
        let heard = CoordinationReplyHeard(
            sent: CoordinationRequestSent(xid: Xid(1), request: Story.read, floor: .zero),
            session: Story.session, zxid: Zxid(2), answer: try story.right(2))
        watches.note(heard, story.model)
        var violations: [Violation] = []
        watches.check(asOf: Zxid(2), from: 0, story.model, into: &violations)
        #expect(violations.isEmpty)
        watches.check(asOf: Zxid(3), from: 0, story.model, into: &violations)
        #expect(violations.count == 1)
        let event = WatchEvent(.nodeDataChanged, at: "/a")
        watches.hear(event, from: 0, into: &violations)
        watches.check(asOf: Zxid(3), from: 0, story.model, into: &violations)
        #expect(violations.count == 1)
        watches.hear(event, from: 0, into: &violations)
        #expect(violations.count == 2)
    }

    @Test("answers come in order, and time does not go back")
    func order() {
        let sent = CoordinationRequestSent(xid: Xid(1), request: Story.read, floor: .zero)
        var order = SessionOrder()
        var violations: [Violation] = []
        func hear(_ xid: Int32, _ zxid: Int64) {
            let header = ReplyHeader(xid: Xid(xid), zxid: Zxid(zxid))
            order.hear(header, answering: sent, from: 0, into: &violations)
        }
        hear(1, 5)
        #expect(violations.isEmpty)
        hear(2, 5)
        #expect(violations.count == 1)
        hear(1, 4)
        #expect(violations.count == 2)
    }

    @Test("a session's nodes go with it, and its past stays")
    func ends() {
        var story = Story()
        let expiring = ExpiringSession(Story.session, attachment: Zxid(1))
        story.model.apply(.expireSessions([expiring], term: Term(1)), at: LogIndex(5))
        #expect(story.model.answer(to: Story.read, asOf: Zxid(5))?.error == .noNode)
        #expect(story.model.answer(to: Story.read, asOf: Zxid(4))?.error == nil)
    }
}

import ChatWire
import ClientCore
import Testing
import Toolbox
import Vocabulary

@Suite("Following chats")
struct FollowingTests {
    private static func page(_ seqs: ClosedRange<UInt64>, head: UInt64) -> ServerFrame.Answer {
        .page(
            EntryPage(
                entries: seqs.map { ScriptedServer.entry($0) }, head: SequenceNumber(head)))
    }

    private static func conversations(head: UInt64, cursor: Bytes = "c1") -> ServerFrame.Answer {
        let chat = ConversationHead(
            chat: ChatID(4), kind: .group, head: SequenceNumber(head), ord: head, read: .zero)
        return .conversations(ConversationPage(chats: [chat], cursor: cursor, isDone: true))
    }

    private static func syncs(_ frames: [ClientFrame]) -> [SyncFrame] {
        frames.compactMap { frame in if case .sync(let sync) = frame { sync } else { nil } }
    }

    /// An open connection on which the list of chats was answered.
    private func synced(
        head: UInt64, _ following: ChatClientSettings.Following = .fromNow
    ) throws -> ScriptedServer {
        var server = ScriptedServer { $0.following = following }
        server.open()
        let sync = try #require(Self.syncs(server.takeFrames()).first)
        #expect(sync.cursor == nil)
        server.say(.ok(id: sync.id, Self.conversations(head: head)))
        return server
    }

    private func push(_ seq: UInt64, on server: inout ScriptedServer) {
        server.say(.entry(push: seq, ScriptedServer.entry(seq)))
    }

    @Test("from now on: entries are reported in order and once")
    func reportsInOrder() throws {
        var server = try synced(head: 3)
        #expect(server.takeReports().last == .caughtUp)
        for seq in [4, 5, 5, 4, 6, 3, 1] as [UInt64] { push(seq, on: &server) }
        #expect(ScriptedServer.positions(in: server.takeReports()) == [4, 5, 6])
        #expect(server.client.repeatsCount == 4)
        #expect(server.takeGets().isEmpty)
        #expect(server.client.position(of: ChatID(4)) == SequenceNumber(6))
    }

    @Test("from the beginning: what exists is fetched page by page")
    func fetchesHistory() throws {
        var server = try synced(head: 5, .fromBeginning)
        #expect(!server.client.isCaughtUp)
        let first = try #require(server.takeGets().first)
        #expect(first.position == .after(.zero))
        server.say(.ok(id: first.id, Self.page(1...3, head: 5)))
        let second = try #require(server.takeGets().first)
        #expect(second.position == .after(SequenceNumber(3)))
        server.say(.ok(id: second.id, Self.page(4...5, head: 5)))
        let reports = server.takeReports()
        #expect(ScriptedServer.positions(in: reports) == [1, 2, 3, 4, 5])
        #expect(reports.last == .caughtUp)
        #expect(server.takeGets().isEmpty)
    }

    @Test("a hole is fetched once, and what came early follows it")
    func fillsHoles() throws {
        var server = try synced(head: 3)
        _ = server.takeReports()
        for seq in [6, 7, 9] as [UInt64] { push(seq, on: &server) }
        let gets = server.takeGets()
        #expect(gets.map(\.position) == [.after(SequenceNumber(3))])
        #expect(ScriptedServer.positions(in: server.takeReports()) == [])
        server.say(.ok(id: gets[0].id, Self.page(4...6, head: 9)))
        #expect(ScriptedServer.positions(in: server.takeReports()) == [4, 5, 6, 7])
        let rest = server.takeGets()
        #expect(rest.map(\.position) == [.after(SequenceNumber(7))])
        server.say(.ok(id: rest[0].id, Self.page(8...8, head: 9)))
        let reports = server.takeReports()
        #expect(ScriptedServer.positions(in: reports) == [8, 9])
        #expect(reports.last == .caughtUp)
    }

    @Test("a gap is pulled up to its head")
    func pullsGaps() throws {
        var server = try synced(head: 3)
        server.say(.gap(push: 1, chat: ChatID(4), head: SequenceNumber(8)))
        let gets = server.takeGets()
        #expect(gets.map(\.position) == [.after(SequenceNumber(3))])
        push(9, on: &server)
        server.say(.ok(id: gets[0].id, Self.page(4...8, head: 8)))
        #expect(ScriptedServer.positions(in: server.takeReports()) == [4, 5, 6, 7, 8, 9])
        #expect(server.takeGets().isEmpty)
    }

    @Test("a preview is fetched whole")
    func fetchesPreviews() throws {
        var server = try synced(head: 3)
        _ = server.takeReports()
        server.say(.entry(push: 1, ScriptedServer.entry(4).preview()))
        let gets = server.takeGets()
        #expect(gets.map(\.position) == [.after(SequenceNumber(3))])
        #expect(ScriptedServer.positions(in: server.takeReports()) == [])
        server.say(.ok(id: gets[0].id, Self.page(4...4, head: 4)))
        guard case .entry(let entry)? = server.takeReports().first else {
            Issue.record("no entry")
            return
        }
        #expect(!entry.hasMore)
    }

    @Test("after a loss the list is read from the cursor, and only what is missing is fetched")
    func catchesUp() throws {
        var server = try synced(head: 3)
        push(4, on: &server)
        server.breakConnection()
        _ = server.takeReports()
        server.reopen()
        let frames = server.takeFrames()
        let sync = try #require(Self.syncs(frames).first)
        #expect(sync.cursor == "c1")
        server.say(.ok(id: sync.id, Self.conversations(head: 6, cursor: "c2")))
        let gets = server.takeGets()
        #expect(gets.map(\.position) == [.after(SequenceNumber(4))])
        server.say(.ok(id: gets[0].id, Self.page(5...6, head: 6)))
        let reports = server.takeReports()
        #expect(ScriptedServer.positions(in: reports) == [5, 6])
        #expect(reports.last == .caughtUp)
    }

    @Test("a session that is resumed needs no list")
    func trustsResume() throws {
        var server = try synced(head: 3)
        server.breakConnection()
        server.waitForDeadline()
        _ = server.takeFrames()
        server.upgrade()
        server.welcome(session: 5, isResumed: true)
        #expect(Self.syncs(server.takeFrames()).isEmpty)
        #expect(server.client.isCaughtUp)
    }

    @Test("a list of several pages is read to its end")
    func readsLongLists() throws {
        var server = ScriptedServer { $0.following = .fromNow }
        server.open()
        let first = try #require(Self.syncs(server.takeFrames()).first)
        server.say(
            .ok(
                id: first.id,
                .conversations(ConversationPage(chats: [], cursor: "p2", isDone: false))))
        let second = try #require(Self.syncs(server.takeFrames()).first)
        #expect(second.cursor == "p2")
        #expect(!server.client.isCaughtUp)
        server.say(.ok(id: second.id, Self.conversations(head: 1)))
        #expect(server.client.isCaughtUp)
    }

    @Test("a chat that turns up later is followed from its start")
    func followsNewChats() throws {
        var server = try synced(head: 3)
        server.say(.entry(push: 1, ScriptedServer.entry(2, chat: 5)))
        let gets = server.takeGets()
        #expect(gets.map(\.chat) == [ChatID(5)])
        #expect(gets.map(\.position) == [.after(.zero)])
    }

    @Test("history that starts later is said to be skipped")
    func reportsSkipped() throws {
        var server = try synced(head: 9, .fromBeginning)
        let get = try #require(server.takeGets().first)
        _ = server.takeReports()
        server.say(.ok(id: get.id, Self.page(7...9, head: 9)))
        let reports = server.takeReports()
        #expect(reports.first == .skipped(ChatID(4), after: .zero, upTo: SequenceNumber(6)))
        #expect(ScriptedServer.positions(in: reports) == [7, 8, 9])
    }

    @Test("a page that shows nothing is not asked for again")
    func endsOnEmptyPages() throws {
        var server = try synced(head: 9, .fromBeginning)
        let get = try #require(server.takeGets().first)
        server.say(
            .ok(id: get.id, .page(EntryPage(entries: [], head: SequenceNumber(9)))))
        #expect(server.takeGets().isEmpty)
        #expect(server.client.isCaughtUp)
    }

    @Test("a chat that one is not in any more is given up")
    func leavesChats() throws {
        var server = try synced(head: 9, .fromBeginning)
        let get = try #require(server.takeGets().first)
        server.say(.error(id: get.id, ErrorReport(.notFound, "no")))
        #expect(server.takeReports().contains(.left(ChatID(4))))
        #expect(server.client.isCaughtUp)
        #expect(server.client.position(of: ChatID(4)) == nil)
    }

    @Test("a page or list that cannot be had now is asked for later")
    func asksLater() throws {
        var server = try synced(head: 9, .fromBeginning)
        let get = try #require(server.takeGets().first)
        server.say(.error(id: get.id, ErrorReport(.noQuorum, "no", afterMilliseconds: 500)))
        #expect(server.takeGets().isEmpty)
        server.wait(.milliseconds(499))
        #expect(server.takeGets().isEmpty)
        server.wait(.milliseconds(200))
        #expect(server.takeGets().map(\.position) == [.after(.zero)])

        var other = ScriptedServer { $0.following = .fromNow }
        other.open()
        let sync = try #require(Self.syncs(other.takeFrames()).first)
        other.say(.error(id: sync.id, ErrorReport(.notReady, "no", afterMilliseconds: 500)))
        #expect(Self.syncs(other.takeFrames()).isEmpty)
        other.wait(.milliseconds(700))
        #expect(Self.syncs(other.takeFrames()).count == 1)
    }

    @Test("at most four chats are fetched at a time, and all in the end")
    func boundsFetches() throws {
        var server = try synced(head: 0)
        for chat in 10..<20 as Range<UInt64> {
            server.say(.gap(push: chat, chat: ChatID(chat), head: SequenceNumber(1)))
        }
        var gets = server.takeGets()
        #expect(gets.count == 4)
        var fetched: [UInt64] = []
        while let get = gets.first {
            gets.removeFirst()
            fetched.append(get.chat.rawValue)
            let entry = ScriptedServer.entry(1, chat: get.chat.rawValue)
            server.say(
                .ok(id: get.id, .page(EntryPage(entries: [entry], head: SequenceNumber(1)))))
            gets += server.takeGets()
            #expect(gets.count <= 4)
        }
        #expect(fetched == Array(10..<20))
        #expect(server.client.isCaughtUp)
    }
}

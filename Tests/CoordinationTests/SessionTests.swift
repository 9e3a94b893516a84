import Coordination
import ReplicatedState
import Testing
import Toolbox
import Vocabulary
import ZooKeeperWire

@Suite("Sessions")
struct SessionTests {
    static let one = CoordinationSessionID(1)

    static func attach(_ session: Int64, owner: UInt64) -> CoordinationCommand {
        .attachSession(
            CoordinationSessionID(session), timeoutMilliseconds: 9_000, owner: Grove.owner(owner))
    }

    static func expire(_ session: Int64, at attachment: Int64, term: UInt64 = 1)
        -> CoordinationCommand
    {
        .expireSessions(
            [ExpiringSession(CoordinationSessionID(session), attachment: Zxid(attachment))],
            term: Term(term))
    }

    @Test("are opened once; the same opening again is answered the same")
    func open() {
        var grove = Grove()
        #expect(grove.open(1) == .sessionOpened(timeoutMilliseconds: 4_000))
        let session = CoordinationSession(
            id: Self.one, timeoutMilliseconds: 4_000, owner: Grove.owner(1), attachment: Zxid(1),
            openedAt: WallTime(milliseconds: 1_000))
        #expect(grove.effects.first == .sessionOpened(session))
        #expect(grove.machine.session(Self.one) == session)
        #expect(grove.open(1) == .sessionOpened(timeoutMilliseconds: 4_000))
        #expect(grove.effects.count == 1)
        let stolen = grove.apply(
            .openSession(Self.one, timeoutMilliseconds: 1, owner: Grove.owner(2)))
        #expect(stolen.outcome == .refused(.sessionMoved))
        #expect(grove.machine.allSessions == [session])
    }

    @Test("without an id are numbered by the log; marks of ZooKeeper's are no ids")
    func ids() {
        var grove = Grove(sessions: 3)
        let reply = grove.apply(
            .openSession(.none, timeoutMilliseconds: -5, owner: Grove.owner(1)))
        #expect(reply.outcome == .sessionOpened(timeoutMilliseconds: 0))
        let id = CoordinationSessionID(0x0100_0000_0000_0004)
        #expect(reply.requester?.session == id)
        #expect(grove.machine.session(id)?.attachment == Zxid(4))
        for raw in [Int64.min, -1, -(1 << 56)] {
            let refused = grove.apply(
                .openSession(
                    CoordinationSessionID(raw), timeoutMilliseconds: 1, owner: Grove.owner(1)))
            #expect(refused.outcome == .refused(.badArguments))
        }
        #expect(grove.machine.counts.sessions == 4)
    }

    @Test("that moved listen to their new owner only, with the new time-out")
    func moved() {
        var grove = Grove(sessions: 1)
        grove.now = 5_000
        let reply = grove.apply(Self.attach(1, owner: 8))
        #expect(reply.outcome == .sessionAttached(timeoutMilliseconds: 9_000))
        let session = CoordinationSession(
            id: Self.one, timeoutMilliseconds: 9_000, owner: Grove.owner(8), attachment: Zxid(2),
            openedAt: WallTime(milliseconds: 1_000))
        #expect(grove.effects.first == .sessionMoved(session, from: Grove.owner(1)))
        #expect(grove.create("/a") == .refused(.sessionMoved))
        #expect(grove.close(1) == .refused(.sessionMoved))
        let create = CoordinationOperation.one(
            .create(CreateRequest(path: "/a", data: "", mode: .ephemeral)))
        #expect(grove.write(create, owner: 8) == .created("/a"))
    }

    @Test("that are closed take their nodes along, by path, in one change")
    func closed() throws {
        var grove = Grove(sessions: 2)
        grove.create("/p")
        for path: ZnodePath in ["/p/c", "/a", "/p/b"] { grove.create(path, mode: .ephemeral) }
        grove.create("/other", mode: .ephemeral, session: 2)
        #expect(
            grove.machine.ephemerals(of: Self.one) == ["/a", "/p/b", "/p/c"])
        #expect(grove.machine.ephemerals(of: Self.one, prefix: "/p") == ["/p/b", "/p/c"])
        #expect(grove.machine.ephemerals(of: Self.one, prefix: "/") == ["/a", "/p/b", "/p/c"])
        #expect(grove.close(1) == .sessionClosed)
        #expect(grove.changes == ["deleted /a", "deleted /p/b", "deleted /p/c"])
        #expect(grove.effects.count == 5)
        #expect(grove.effects[3] == .sessionClosed(Self.one, owner: Grove.owner(1), .closed))
        #expect(try grove.stat("/p").pzxid == grove.machine.zxid)
        #expect(try grove.stat("/p").cversion == 4)
        #expect(grove.exists("/other"))
        #expect(grove.machine.session(Self.one) == nil)
        #expect(grove.apply(Self.attach(1, owner: 1)).outcome == .refused(.sessionExpired))
        #expect(grove.create("/x") == .refused(.sessionExpired))
        #expect(grove.close(1) == .refused(.sessionExpired))
    }

    @Test("expire unless they were attached since")
    func expired() {
        var grove = Grove(sessions: 2)
        grove.create("/e", mode: .ephemeral)
        grove.apply(Self.attach(1, owner: 1))
        let since = Int64(grove.index)
        #expect(grove.apply(Self.expire(1, at: 1)).outcome == .sessionsExpired(count: 0))
        #expect(grove.exists("/e"))
        #expect(grove.apply(Self.expire(1, at: since)).outcome == .sessionsExpired(count: 1))
        #expect(grove.changes == ["deleted /e"])
        #expect(
            grove.effects.last == .sessionClosed(Self.one, owner: Grove.owner(1), .expired))
        #expect(grove.apply(Self.expire(1, at: since)).outcome == .sessionsExpired(count: 0))
    }

    @Test("are not expired by a leader that another has followed")
    func terms() {
        var grove = Grove(sessions: 2)
        #expect(grove.apply(Self.expire(2, at: 2, term: 5)).outcome == .sessionsExpired(count: 1))
        #expect(grove.apply(Self.expire(1, at: 1, term: 4)).outcome == .sessionsExpired(count: 0))
        #expect(grove.apply(Self.expire(1, at: 1, term: 5)).outcome == .sessionsExpired(count: 1))
    }

    @Test("may delete each other's ephemeral nodes")
    func deletedByOthers() {
        var grove = Grove(sessions: 2)
        grove.create("/e", mode: .ephemeral, session: 2)
        #expect(grove.delete("/e") == .deleted)
        #expect(grove.machine.ephemerals(of: CoordinationSessionID(2)) == [])
        #expect(grove.apply(.closeSession(Grove.requester(2))).outcome == .sessionClosed)
        #expect(grove.changes == [])
    }

    static func crowded(_ count: Int) -> Grove {
        var grove = Grove(sessions: 2)
        for start in stride(from: 0, to: count, by: 1_000) {
            let operations = (start..<min(count, start + 1_000)).map { number in
                MultiOperation.create(
                    CreateRequest(
                        path: ZnodePath(Bytes("/e\(100_000 + number)")), data: "",
                        mode: .ephemeral))
            }
            grove.multi(operations)
        }
        return grove
    }

    @Test("of very many nodes are closed in parts, and answered behind the last")
    func parts() throws {
        var grove = Self.crowded(11_000)
        #expect(grove.close(1) == .sessionClosing)
        #expect(grove.changes.count == 5_000)
        #expect(grove.changes.first == "deleted /e100000")
        #expect(grove.replies == [])
        #expect(grove.machine.session(Self.one)?.isClosing == true)
        #expect(grove.machine.session(Self.one)?.ephemeralsCount == 6_000)
        #expect(grove.create("/x") == .refused(.sessionExpired))
        #expect(grove.apply(Self.attach(1, owner: 1)).outcome == .refused(.sessionExpired))
        #expect(grove.apply(Self.expire(1, at: 1)).outcome == .sessionsExpired(count: 0))
        // Somebody deletes one of those that are left, and fails to delete another.
        let delete = MultiOperation.delete(DeleteRequest(path: "/e105003"))
        #expect(
            grove.write(
                .multi([
                    delete, .delete(DeleteRequest(path: "/e105001")),
                    .check(CheckRequest(path: "/no")),
                ]), session: 2)
                == .multi([.rolledBack, .rolledBack, .failed(.noNode)]))
        #expect(grove.write(.one(delete), session: 2) == .deleted)
        grove = try grove.restored()
        #expect(grove.machine.closingSessionsCount == 1)
        grove.apply(.continueClosing)
        #expect(grove.changes.count == 5_000)
        #expect(
            Array(grove.changes.prefix(3)) == [
                "deleted /e105000", "deleted /e105001",
                "deleted /e105002",
            ])
        #expect(grove.replies == [])
        grove.apply(.continueClosing)
        #expect(grove.changes.count == 999)
        #expect(grove.replies.map(\.requester) == [Grove.requester(1)])
        #expect(grove.replies.map(\.outcome) == [.sessionClosed])
        #expect(grove.machine.closingSessionsCount == 0)
        #expect(grove.machine.session(Self.one) == nil)
        #expect(grove.machine.counts.ephemerals == 0)
    }

    @Test("that fit into one entry are deleted in one, if not in this then in the next")
    func wholeEntries() {
        var grove = Self.crowded(3_000)
        for number in 0..<3_000 {
            let path = ZnodePath(Bytes("/f\(number)"))
            grove.create(path, mode: .ephemeral, session: 2)
        }
        let both = [
            ExpiringSession(Self.one, attachment: Zxid(1)),
            ExpiringSession(CoordinationSessionID(2), attachment: Zxid(2)),
        ]
        #expect(
            grove.apply(.expireSessions(both, term: Term(1))).outcome
                == .sessionsExpired(count: 2))
        #expect(grove.changes.count == 3_000)
        #expect(grove.machine.closingSessionsCount == 1)
        grove.apply(.continueClosing)
        #expect(grove.changes.count == 3_000)
        #expect(grove.machine.counts.ephemerals == 0)
        #expect(grove.replies == [])
    }
}

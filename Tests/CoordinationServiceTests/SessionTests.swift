import Coordination
import CoordinationService
import Testing
import Toolbox
import Vocabulary
import ZooKeeperWire

@Suite("A session")
struct SessionTests {
    @Test(
        "is opened with a time-out between the least and the greatest",
        arguments: [
            (-5, 4_000), (0, 4_000), (1, 4_000), (10_000, 10_000), (90_000, 40_000),
        ] as [(Int32, Int32)])
    func negotiation(asked: Int32, given: Int32) throws {
        var ensemble = Ensemble()
        let client = ensemble.connect(timeoutMilliseconds: asked)
        let response = try #require(ensemble.clients[client].response)
        #expect(response.timeoutMilliseconds == given)
        #expect(response.session != .none)
        #expect(response.password.count == 16)
        #expect(response.isReadOnly == false)
    }

    @Test("is answered as old clients know it, without the last byte")
    func oldClients() throws {
        var ensemble = Ensemble()
        let client = ensemble.dial()
        ensemble.greet(
            ConnectRequest(timeoutMilliseconds: 5_000, acceptsReadOnly: nil), from: client)
        ensemble.settle()
        let response = try #require(ensemble.clients[client].response)
        #expect(response.isReadOnly == nil)
        #expect(response.timeoutMilliseconds == 5_000)
    }

    @Test("goes on at another node, under the same number and password")
    func moves() throws {
        var ensemble = Ensemble(nodes: 3)
        let first = ensemble.connect(to: 1)
        _ = try ensemble.create("/e", .ephemeral, from: first)
        let second = ensemble.reconnect(first, to: 2, timeoutMilliseconds: 20_000)
        let (old, new) = (ensemble.clients[first], ensemble.clients[second])
        #expect(new.response?.session == old.response?.session)
        #expect(new.response?.password == old.response?.password)
        #expect(new.response?.timeoutMilliseconds == 20_000)
        #expect(old.isClosed)
        let read = try ensemble.call(.exists(ReadRequest(path: "/e")), from: second)
        #expect(read?.stat?.ephemeralOwner == new.session)
    }

    @Test("is over for who shows a wrong password, and unharmed")
    func wrongPassword() throws {
        var ensemble = Ensemble(nodes: 2)
        let owner = ensemble.connect(to: 0)
        let stranger = ensemble.dial(1)
        ensemble.greet(
            ConnectRequest(
                timeoutMilliseconds: 5_000, session: ensemble.clients[owner].session,
                password: Bytes([UInt8](repeating: 1, count: 16))),
            from: stranger)
        ensemble.settle()
        #expect(ensemble.clients[stranger].response?.timeoutMilliseconds == 0)
        #expect(ensemble.clients[stranger].response?.session == CoordinationSessionID.none)
        #expect(ensemble.clients[stranger].response?.password == ConnectResponse.noPassword)
        #expect(ensemble.clients[stranger].isClosed)
        #expect(!ensemble.clients[owner].isClosed)
        #expect(try ensemble.create("/still", from: owner)?.error == nil)
    }

    @Test("that was closed cannot be attached again")
    func closed() throws {
        var ensemble = Ensemble()
        let client = ensemble.connect()
        let watcher = ensemble.connect()
        _ = try ensemble.create("/e", .ephemeral, from: client)
        _ = try ensemble.call(.exists(ReadRequest(path: "/e", setsWatch: true)), from: watcher)
        let reply = try ensemble.call(.closeSession, from: client)
        #expect(reply?.error == nil)
        #expect(reply?.header.xid == Xid(2))
        #expect(ensemble.clients[client].isClosed)
        #expect(try ensemble.heard(watcher) == ["nodeDeleted /e"])
        let again = ensemble.reconnect(client)
        #expect(ensemble.clients[again].response?.timeoutMilliseconds == 0)
        #expect(ensemble.clients[again].isClosed)
    }

    @Test("is not shown an older state than its client has seen")
    func lastZxidSeen() throws {
        var ensemble = Ensemble(nodes: 2)
        let first = ensemble.connect(to: 0)
        let seen = try #require(try ensemble.create("/a", from: first)?.header.zxid)
        // This one hears of nothing: it is asked by a client from the future.
        let second = ensemble.dial(1)
        ensemble.greet(
            ConnectRequest(
                lastZxidSeen: Zxid(seen.rawValue + 5), timeoutMilliseconds: 5_000,
                session: ensemble.clients[first].session,
                password: ensemble.clients[first].response?.password ?? Bytes()),
            from: second)
        ensemble.settle()
        #expect(ensemble.clients[second].response == nil)
        #expect(!ensemble.clients[second].isClosed)
        ensemble.advance(by: .seconds(3))
        #expect(ensemble.clients[second].response == nil)
        #expect(ensemble.clients[second].isClosed)
        #expect(!ensemble.clients[first].isClosed)
    }

    @Test("waits for its node to know what its client has seen")
    func catchesUp() throws {
        var ensemble = Ensemble(nodes: 2)
        let first = ensemble.connect(to: 0)
        ensemble.send(.create(CreateRequest(path: "/a", data: nil, mode: .persistent)), from: first)
        ensemble.commit(from: 0)
        ensemble.apply(on: 0)
        ensemble.endTurn(on: 0)
        let seen = try #require(try ensemble.clients[first].take().last?.answer?.header.zxid)
        let second = ensemble.dial(1)
        ensemble.greet(
            ConnectRequest(
                lastZxidSeen: seen, timeoutMilliseconds: 5_000,
                session: ensemble.clients[first].session,
                password: ensemble.clients[first].response?.password ?? Bytes()),
            from: second)
        #expect(ensemble.nodes[1].proposals.isEmpty)
        ensemble.settle()
        #expect(ensemble.clients[second].isOpen)
    }

    @Test("requests behind the handshake wait for it")
    func pipelinedHandshake() throws {
        var ensemble = Ensemble()
        let client = ensemble.dial()
        ensemble.greet(ConnectRequest(timeoutMilliseconds: 5_000), from: client)
        ensemble.send(
            .create(CreateRequest(path: "/a", data: nil, mode: .persistent)), from: client)
        ensemble.send(.exists(ReadRequest(path: "/a")), from: client)
        #expect(ensemble.nodes[0].proposals.count == 1)
        #expect(try ensemble.heard(client) == ["ok", "ok"])
    }

    @Test("that moved is closed where it was, when it asks there")
    func moved() throws {
        var ensemble = Ensemble(nodes: 2)
        let first = ensemble.connect(to: 0)
        let second = ensemble.dial(1)
        ensemble.greet(
            ConnectRequest(
                timeoutMilliseconds: 5_000, session: ensemble.clients[first].session,
                password: ensemble.clients[first].response?.password ?? Bytes()),
            from: second)
        ensemble.endTurn(on: 1)
        ensemble.commit(from: 1)
        // Node 1 does not know yet, and the client's old connection asks.
        ensemble.send(.create(CreateRequest(path: "/a", data: nil, mode: .persistent)), from: first)
        #expect(try ensemble.heard(first) == [])
        #expect(ensemble.clients[first].isClosed)
        let read = try ensemble.call(.exists(ReadRequest(path: "/a")), from: second)
        #expect(read?.error == .noNode)
    }
}

import Coordination
import CoordinationService
import Testing
import Toolbox
import Vocabulary
import ZooKeeperWire

@Suite("Without a leader")
struct ReadOnlyTests {
    /// Node 1 of two, with a node `/a`, that hears of no leader.
    private func alone(
        _ settings: CoordinationServiceSettings = CoordinationServiceSettings()
    ) throws -> (ensemble: Ensemble, client: Int) {
        var ensemble = Ensemble(nodes: 2, settings: settings)
        let client = ensemble.connect(to: 1)
        _ = try ensemble.create("/a", data: "1", from: client)
        ensemble.elect(nil)
        return (ensemble, client)
    }

    @Test("connections stand still for a while, and go on with the next one")
    func short() throws {
        var (ensemble, client) = try alone()
        ensemble.send(
            .create(CreateRequest(path: "/b", data: nil, mode: .persistent)), from: client)
        ensemble.send(.ping, from: client)
        ensemble.advance(by: .seconds(1))
        #expect(try ensemble.heard(client) == [])
        #expect(!ensemble.clients[client].isClosed)
        ensemble.elect(0)
        #expect(try ensemble.heard(client) == ["pong", "ok"])
    }

    @Test("connections are closed after a while")
    func long() throws {
        var (ensemble, client) = try alone()
        ensemble.advance(by: .seconds(4))
        #expect(ensemble.clients[client].isClosed)
    }

    @Test("clients that can do with it read the tree as it was")
    func readOnly() throws {
        var (ensemble, _) = try alone()
        let client = ensemble.dial(1)
        ensemble.greet(
            ConnectRequest(timeoutMilliseconds: 5_000, acceptsReadOnly: true), from: client)
        #expect(ensemble.clients[client].response == nil)
        #expect(ensemble.ask("isro", node: 1) == "null")
        ensemble.advance(by: .seconds(4))
        #expect(ensemble.ask("isro", node: 1) == "ro")
        #expect(ensemble.clients[client].response?.isReadOnly == true)
        #expect(ensemble.clients[client].isOpen)
        #expect(
            try ensemble.call(.getData(ReadRequest(path: "/a")), from: client)?.data == "1")
        for request: ZooKeeperRequest in [
            .create(CreateRequest(path: "/b", data: nil, mode: .persistent)), .sync("/"),
            .multi([]), .delete(DeleteRequest(path: "/a")),
            .setData(SetDataRequest(path: "/a", data: nil)),
        ] {
            #expect(try ensemble.call(request, from: client)?.error == .notReadOnly)
        }
        ensemble.send(.ping, from: client)
        #expect(try ensemble.heard(client) == ["pong"])
        ensemble.elect(0)
        #expect(ensemble.clients[client].isClosed)
        #expect(ensemble.ask("isro", node: 1) == "rw")
    }

    @Test("a session of the whole cluster can be read with, and not be closed")
    func globalSession() throws {
        var (ensemble, old) = try alone()
        ensemble.advance(by: .seconds(4))
        let client = ensemble.dial(1)
        ensemble.greet(
            ConnectRequest(
                timeoutMilliseconds: 5_000, session: ensemble.clients[old].session,
                password: ensemble.clients[old].response?.password ?? Bytes(),
                acceptsReadOnly: true), from: client)
        #expect(try ensemble.call(.closeSession, from: client)?.error == .notReadOnly)
        ensemble.elect(0)
        #expect(ensemble.clients[ensemble.reconnect(old, to: 1)].isOpen)
    }

    @Test("a session of this node alone can be closed")
    func closing() throws {
        var (ensemble, _) = try alone()
        ensemble.advance(by: .seconds(4))
        let client = ensemble.dial(1)
        ensemble.greet(
            ConnectRequest(timeoutMilliseconds: 5_000, acceptsReadOnly: true), from: client)
        #expect(try ensemble.call(.closeSession, from: client)?.error == nil)
        #expect(ensemble.clients[client].isClosed)
    }

    @Test("clients that cannot do with it are closed without a word")
    func others() throws {
        var (ensemble, _) = try alone()
        ensemble.advance(by: .seconds(4))
        for accepts in [false, nil] as [Bool?] {
            let client = ensemble.dial(1)
            ensemble.greet(
                ConnectRequest(timeoutMilliseconds: 5_000, acceptsReadOnly: accepts), from: client)
            ensemble.settle()
            #expect(ensemble.clients[client].isClosed)
            #expect(ensemble.clients[client].response == nil)
        }
    }

    @Test("nobody is served if the settings say so")
    func off() throws {
        var settings = CoordinationServiceSettings()
        settings.servesReadOnly = false
        var (ensemble, _) = try alone(settings)
        let client = ensemble.dial(1)
        ensemble.greet(
            ConnectRequest(timeoutMilliseconds: 5_000, acceptsReadOnly: true), from: client)
        ensemble.advance(by: .seconds(4))
        #expect(ensemble.clients[client].isClosed)
        #expect(
            ensemble.ask("srvr", node: 1)
                == "This ZooKeeper instance is not currently serving requests\n")
    }
}

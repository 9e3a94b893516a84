import Coordination
import CoordinationService
import Testing
import Toolbox
import Vocabulary
import ZooKeeperWire

@Suite("Requests of a connection")
struct RequestTests {
    @Test("are answered in the order in which they came, reads behind writes")
    func order() throws {
        var ensemble = Ensemble(nodes: 2)
        let client = ensemble.connect(to: 1)
        ensemble.send(
            .create(CreateRequest(path: "/a", data: "0", mode: .persistent)), from: client)
        ensemble.send(.setData(SetDataRequest(path: "/a", data: "1")), from: client)
        ensemble.send(.getData(ReadRequest(path: "/a")), from: client)
        ensemble.send(.setData(SetDataRequest(path: "/a", data: "2")), from: client)
        ensemble.send(.getData(ReadRequest(path: "/a")), from: client)
        ensemble.send(.delete(DeleteRequest(path: "/a")), from: client)
        ensemble.send(.exists(ReadRequest(path: "/a")), from: client)
        ensemble.settle()
        let answers = try ensemble.clients[client].take().compactMap(\.answer)
        #expect(answers.map(\.header.xid) == answers.map(\.expected))
        #expect(answers.compactMap(\.data) == ["1", "2"])
        #expect(answers.last?.error == .noNode)
        #expect(zip(answers, answers.dropFirst()).allSatisfy { $0.header.zxid <= $1.header.zxid })
    }

    @Test("that write are under way together; one behind a read waits for it")
    func pipelining() throws {
        var ensemble = Ensemble()
        let client = ensemble.connect()
        for number in 0..<5 {
            ensemble.send(
                .create(
                    CreateRequest(
                        path: ZnodePath(Bytes("/\(number)")), data: nil, mode: .persistent)),
                from: client)
        }
        #expect(ensemble.nodes[0].proposals.count == 5)
        ensemble.send(.exists(ReadRequest(path: "/0")), from: client)
        ensemble.send(.delete(DeleteRequest(path: "/0")), from: client)
        #expect(ensemble.nodes[0].proposals.count == 5)
        #expect(try ensemble.heard(client) == Array(repeating: "ok", count: 7))
    }

    @Test("that read see what was answered anywhere before they were sent")
    func linearizable() throws {
        var ensemble = Ensemble(nodes: 3)
        let writer = ensemble.connect(to: 0)
        let reader = ensemble.connect(to: 2)
        ensemble.send(
            .create(CreateRequest(path: "/a", data: nil, mode: .persistent)), from: writer)
        ensemble.commit(from: 0)
        ensemble.apply(on: 0)
        ensemble.endTurn(on: 0)
        #expect(try ensemble.clients[writer].take().map(\.sketch) == ["ok"])
        // Node 2 has not applied it, and knows by its barrier that it must.
        ensemble.send(.exists(ReadRequest(path: "/a")), from: reader)
        ensemble.endTurn(on: 2)
        ensemble.answerBarriers(on: 2)
        ensemble.endTurn(on: 2)
        #expect(try ensemble.clients[reader].take().isEmpty)
        ensemble.apply(on: 2)
        ensemble.endTurn(on: 2)
        #expect(try ensemble.clients[reader].take().map(\.sketch) == ["ok"])
    }

    @Test("may ask to read without waiting, and then see what this node knows")
    func localReads() throws {
        var ensemble = Ensemble(nodes: 2)
        let client = ensemble.connect(to: 1)
        ensemble.send(
            .auth(AuthenticationRequest(scheme: "rookery-reads", credentials: "local")),
            from: client)
        ensemble.send(.exists(ReadRequest(path: "/a")), from: client)
        ensemble.endTurn(on: 1)
        #expect(ensemble.nodes[1].barriers.isEmpty)
        #expect(try ensemble.clients[client].take().map(\.sketch) == ["ok", "noNode"])
        // A sync is a barrier for them as for all.
        ensemble.send(.sync("/nowhere"), from: client)
        ensemble.endTurn(on: 1)
        #expect(ensemble.nodes[1].barriers.count == 1)
        #expect(try ensemble.heard(client) == ["ok"])
    }

    @Test("of one turn share a barrier")
    func sharedBarrier() throws {
        var ensemble = Ensemble()
        let clients = (0..<10).map { _ in ensemble.connect() }
        for client in clients { ensemble.send(.exists(ReadRequest(path: "/")), from: client) }
        ensemble.endTurn(on: 0)
        #expect(ensemble.nodes[0].barriers.count == 1)
        ensemble.settle()
        for client in clients { #expect(try ensemble.heard(client) == ["ok"]) }
    }

    @Test("ask for their barrier again when nobody answered it")
    func failedBarrier() throws {
        var ensemble = Ensemble(nodes: 2)
        let client = ensemble.connect(to: 1)
        ensemble.send(.exists(ReadRequest(path: "/")), from: client)
        ensemble.endTurn(on: 1)
        ensemble.elect(nil, informing: [])
        ensemble.answerBarriers(on: 1)
        ensemble.elect(0, informing: [0])
        ensemble.inform(1)
        ensemble.advance(by: .milliseconds(100))
        #expect(try ensemble.heard(client) == ["ok"])
    }

    @Test("echo a ping's own number, at once")
    func ping() throws {
        var ensemble = Ensemble()
        let client = ensemble.connect()
        ensemble.send(
            .create(CreateRequest(path: "/a", data: nil, mode: .persistent)), from: client)
        ensemble.send(.ping, from: client)
        ensemble.endTurn(on: 0)
        #expect(try ensemble.clients[client].take().map(\.sketch) == ["pong"])
        #expect(try ensemble.heard(client) == ["ok"])
    }

    @Test("carry the zxid of their change, refused or not")
    func zxids() throws {
        var ensemble = Ensemble()
        let client = ensemble.connect()
        let first = try #require(try ensemble.create("/a", from: client))
        let second = try #require(try ensemble.create("/a", from: client))
        #expect(second.error == .nodeExists)
        #expect(second.header.zxid.rawValue == first.header.zxid.rawValue + 1)
        let read = try ensemble.call(.exists(ReadRequest(path: "/a")), from: client)
        #expect(read?.header.zxid == second.header.zxid)
    }

    struct Strange: Sendable, CustomTestStringConvertible {
        let name: String
        let operation: Int32
        let record: [UInt8]
        let error: ZooKeeperError
        let closes: Bool
        var testDescription: String { name }
    }

    @Test(
        "that mean nothing are refused in their turn",
        arguments: [
            Strange(name: "op 0", operation: 0, record: [], error: .unimplemented, closes: true),
            Strange(name: "op 77", operation: 77, record: [], error: .unimplemented, closes: true),
            Strange(
                name: "deleteContainer", operation: 20, record: [], error: .unimplemented,
                closes: true),
            Strange(
                name: "check alone", operation: 13, record: [0, 0, 0, 1, 47, 0, 0, 0, 0],
                error: .unimplemented, closes: true),
            Strange(
                name: "an empty getData", operation: 4, record: [], error: .marshallingError,
                closes: false),
            Strange(
                name: "a null path", operation: 4, record: [255, 255, 255, 255, 0],
                error: .marshallingError, closes: false),
            Strange(
                name: "a path longer than the frame", operation: 3, record: [0, 1, 0, 0, 47],
                error: .marshallingError, closes: false),
            Strange(
                name: "a watch of mode 9", operation: 106, record: [0, 0, 0, 1, 47, 0, 0, 0, 9],
                error: .marshallingError, closes: false),
        ])
    func strange(row: Strange) throws {
        var ensemble = Ensemble()
        let client = ensemble.connect()
        ensemble.send(
            .create(CreateRequest(path: "/a", data: nil, mode: .persistent)), from: client)
        let bytes = ensemble.clients[client].raw(row.operation, Bytes(row.record))
        ensemble.deliver(bytes, from: client)
        ensemble.endTurn(on: 0)
        #expect(try ensemble.clients[client].take().isEmpty)
        ensemble.settle()
        let heard = try ensemble.clients[client].take()
        #expect(heard.map(\.sketch) == ["ok", "\(row.error)"])
        #expect(ensemble.clients[client].isClosed == row.closes)
    }

    @Test(
        "of a length that no frame has close the connection without a word",
        arguments: [
            [0xFF, 0xFF, 0xFF, 0xFF], [0x00, 0x10, 0x00, 0x00], [0x7A, 0x7A, 0x7A, 0x7A],
        ] as [[UInt8]])
    func lengths(head: [UInt8]) throws {
        var ensemble = Ensemble()
        let client = ensemble.connect()
        ensemble.deliver(Bytes(head), from: client)
        ensemble.settle()
        #expect(ensemble.clients[client].isClosed)
        #expect(try ensemble.clients[client].take().isEmpty)
        let fresh = ensemble.dial()
        ensemble.deliver(Bytes(head), from: fresh)
        ensemble.settle()
        #expect(ensemble.clients[fresh].isClosed)
        #expect(ensemble.clients[fresh].response == nil)
    }

    @Test("that are too many are not read, and none is lost or overtakes another")
    func throttling() throws {
        var settings = CoordinationServiceSettings()
        settings.outstandingMaximum = 10
        var ensemble = Ensemble(settings: settings)
        let client = ensemble.connect()
        for number in 0..<100 {
            ensemble.send(
                .create(
                    CreateRequest(
                        path: ZnodePath(Bytes("/\(number)")), data: nil, mode: .persistent)),
                from: client)
        }
        #expect(ensemble.nodes[0].proposals.count == 10)
        #expect(ensemble.clients[client].isPaused)
        ensemble.settle()
        #expect(!ensemble.clients[client].isPaused)
        let answers = try ensemble.clients[client].take().compactMap(\.answer)
        #expect(answers.count == 100)
        #expect(answers.allSatisfy { $0.error == nil && $0.expected == $0.header.xid })
    }

    @Test("wait while their client does not read, and go on when it does")
    func choking() throws {
        var ensemble = Ensemble()
        let client = ensemble.connect()
        ensemble.backlog(2 << 20, of: client)
        ensemble.send(.exists(ReadRequest(path: "/")), from: client)
        #expect(try ensemble.heard(client) == [])
        ensemble.backlog(0, of: client)
        #expect(try ensemble.heard(client) == ["ok"])
        ensemble.backlog(65 << 20, of: client)
        #expect(ensemble.clients[client].isClosed)
    }

    @Test("lose their connection when a write of theirs is lost")
    func lostWrites() throws {
        var ensemble = Ensemble()
        let client = ensemble.connect()
        ensemble.send(
            .create(CreateRequest(path: "/a", data: nil, mode: .persistent)), from: client)
        ensemble.loseProposals(from: 0)
        ensemble.settle()
        #expect(ensemble.clients[client].isClosed)
        #expect(try ensemble.clients[client].take().isEmpty)
        #expect(ensemble.clients[ensemble.reconnect(client)].isOpen)
    }

    @Test("do not go to a new leader while earlier ones are under way to the old one")
    func reigns() throws {
        var ensemble = Ensemble(nodes: 3)
        let client = ensemble.connect(to: 2)
        ensemble.send(
            .create(CreateRequest(path: "/a", data: nil, mode: .persistent)), from: client)
        let lost = ensemble.nodes[2].proposals
        ensemble.nodes[2].proposals = []
        ensemble.elect(1)
        ensemble.send(
            .create(CreateRequest(path: "/b", data: nil, mode: .persistent)), from: client)
        #expect(lost.count == 1)
        #expect(ensemble.nodes[2].proposals.isEmpty)
        ensemble.advance(by: .seconds(4))
        #expect(ensemble.clients[client].isClosed)
        #expect(try ensemble.clients[client].take().isEmpty)
        let again = ensemble.reconnect(client, to: 1)
        #expect(try ensemble.call(.exists(ReadRequest(path: "/b")), from: again)?.error == .noNode)
    }

    @Test("of an old leader lose their connections once the new one's first entry is applied")
    func settledReigns() throws {
        var ensemble = Ensemble(nodes: 3)
        let doubtful = ensemble.connect(to: 2)
        let answered = ensemble.connect(to: 2)
        ensemble.send(
            .create(CreateRequest(path: "/a", data: nil, mode: .persistent)), from: doubtful)
        let opening = ensemble.dial(2)
        ensemble.greet(ConnectRequest(timeoutMilliseconds: 10_000), from: opening)
        ensemble.nodes[2].proposals = []
        ensemble.elect(1)
        let later = ensemble.send(
            .create(CreateRequest(path: "/b", data: nil, mode: .persistent)), from: answered)
        #expect([doubtful, opening].allSatisfy { !ensemble.clients[$0].isClosed })
        ensemble.settleLeader(on: 2)
        #expect([doubtful, opening].allSatisfy { ensemble.clients[$0].isClosed })
        ensemble.settle()
        #expect(try ensemble.clients[answered].take().count == 1)
        #expect(later.rawValue > 0)
        #expect(ensemble.clients[ensemble.reconnect(doubtful, to: 1)].isOpen)
    }
}

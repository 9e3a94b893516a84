import Coordination
import CoordinationService
import Testing
import Toolbox
import Vocabulary
import ZooKeeperWire

@Suite("A silent client")
struct LivenessTests {
    @Test("is expired a time-out later, rounded up to a tick, and its nodes with it")
    func expires() throws {
        var ensemble = Ensemble(nodes: 3)
        let silent = ensemble.connect(to: 1, timeoutMilliseconds: 4_000)
        let watcher = ensemble.connect(to: 2, timeoutMilliseconds: 40_000)
        _ = try ensemble.create("/a", .ephemeral, from: silent)
        _ = try ensemble.create("/b", .ephemeral, from: silent)
        for path: ZnodePath in ["/a", "/b"] {
            _ = try ensemble.call(
                .exists(ReadRequest(path: path, setsWatch: true)), from: watcher)
        }
        _ = try ensemble.call(.getChildren(ReadRequest(path: "/", setsWatch: true)), from: watcher)
        let start = ensemble.nanoseconds
        ensemble.advance(by: .milliseconds(3_400))
        #expect(ensemble.expired.isEmpty)
        ensemble.advance(by: .seconds(6))
        let end = try #require(ensemble.expired.first)
        #expect(end.session == ensemble.clients[silent].session)
        #expect((3_500...9_000).contains((end.at.nanoseconds - start) / 1_000_000))
        #expect(ensemble.clients[silent].isClosed)
        let heard = try ensemble.heard(watcher)
        #expect(heard == ["nodeDeleted /a", "nodeChildrenChanged /", "nodeDeleted /b"])
    }

    @Test("that pings any node stays", arguments: [0, 1])
    func pinging(node: Int) throws {
        var ensemble = Ensemble(nodes: 2)
        let client = ensemble.connect(to: node, timeoutMilliseconds: 4_000)
        for _ in 0..<20 {
            ensemble.advance(by: .milliseconds(1_300))
            ensemble.send(.ping, from: client)
            ensemble.endTurn(on: node)
            guard case .pong? = try ensemble.clients[client].take().last else {
                Issue.record("a ping was not answered at once")
                return
            }
        }
        #expect(ensemble.expired.isEmpty)
        #expect(!ensemble.clients[client].isClosed)
    }

    @Test("may come back until it is expired, without a socket meanwhile")
    func comesBack() throws {
        var ensemble = Ensemble(nodes: 2)
        let client = ensemble.connect(to: 1, timeoutMilliseconds: 6_000)
        _ = try ensemble.create("/e", .ephemeral, from: client)
        ensemble.cut(client)
        ensemble.advance(by: .seconds(5))
        let again = ensemble.reconnect(client, to: 0, timeoutMilliseconds: 6_000)
        #expect(ensemble.clients[again].isOpen)
        ensemble.advance(by: .seconds(4))
        let read = try ensemble.call(.exists(ReadRequest(path: "/e")), from: again)
        #expect(read?.stat?.ephemeralOwner == ensemble.clients[client].session)
    }

    @Test("gets a whole time-out from a new leader")
    func failover() throws {
        var ensemble = Ensemble(nodes: 3)
        let client = ensemble.connect(to: 2, timeoutMilliseconds: 4_000)
        ensemble.cut(client)
        ensemble.advance(by: .milliseconds(3_500))
        ensemble.elect(1)
        ensemble.advance(by: .milliseconds(3_500))
        #expect(ensemble.expired.isEmpty)
        ensemble.advance(by: .seconds(5))
        #expect(ensemble.expired.map(\.session) == [ensemble.clients[client].session])
    }

    @Test("is not expired by a leader that has not proved that it leads")
    func proof() throws {
        var ensemble = Ensemble(nodes: 3)
        let client = ensemble.connect(to: 2, timeoutMilliseconds: 4_000)
        // Node 0 is cut off and does not know it: 1 leads, and hears the client.
        ensemble.elect(1, informing: [1, 2])
        for _ in 0..<12 {
            ensemble.advance(by: .seconds(1))
            ensemble.send(.ping, from: client)
            ensemble.settle()
        }
        #expect(ensemble.nodes[0].proposals.isEmpty)
        #expect(ensemble.expired.isEmpty)
        #expect(!ensemble.clients[client].isClosed)
    }

    @Test("does not pay for a pause of the leader")
    func pause() throws {
        var ensemble = Ensemble(nodes: 2)
        let client = ensemble.connect(to: 1, timeoutMilliseconds: 4_000)
        // The leader stands still; the other node goes on, and what it says waits.
        ensemble.stopped = [0]
        for _ in 0..<10 {
            ensemble.advance(by: .seconds(1))
            ensemble.send(.ping, from: client)
            ensemble.endTurn(on: 1)
        }
        ensemble.stopped = []
        let late = ensemble.nodes[1].touches
        ensemble.nodes[1].touches = []
        ensemble.tick(on: [0])
        ensemble.settle(0)
        #expect(ensemble.expired.isEmpty)
        #expect(
            ensemble.nodes[0].observations.contains {
                if case .pauseNoticed(let milliseconds) = $0 {
                    milliseconds >= 9_000
                } else {
                    false
                }
            })
        // What was sent meanwhile is read now.
        ensemble.nodes[1].touches = late
        ensemble.settle()
        ensemble.advance(by: .milliseconds(2_000))
        #expect(ensemble.expired.isEmpty)
    }

    @Test("is saved by a touch that comes while the leader proves itself")
    func touchDuringProof() throws {
        var ensemble = Ensemble(nodes: 1)
        let client = ensemble.connect(timeoutMilliseconds: 4_000)
        // Time passes and nothing is answered: the barrier is asked for, and waits.
        for _ in 0..<14 where ensemble.nodes[0].barriers.isEmpty {
            ensemble.nodes[0].proposals = []
            let due = try #require(ensemble.nodes[0].service.nextDeadline)
            ensemble.moveClock(to: due.nanoseconds)
            let moment = ensemble.moment
            ensemble.on(0) { node, directives in
                node.service.timeDidAdvance(to: moment, machine: node.machine, into: &directives)
                node.service.endTurn(into: &directives)
            }
        }
        #expect(ensemble.nodes[0].barriers.count == 1)
        let moment = ensemble.moment
        let session = ensemble.clients[client].session
        ensemble.on(0) { node, directives in
            node.service.touched([session], at: moment, into: &directives)
        }
        ensemble.answerBarriers(on: 0)
        #expect(ensemble.nodes[0].proposals.isEmpty)
    }

    @Test("and a thousand others are expired by one entry")
    func batches() throws {
        var settings = CoordinationServiceSettings()
        settings.connectionsPerHostMaximum = 0
        var ensemble = Ensemble(nodes: 1, settings: settings)
        for _ in 0..<1_100 { _ = ensemble.connect(timeoutMilliseconds: 4_000) }
        let before = ensemble.log.count
        ensemble.advance(by: .seconds(12))
        #expect(ensemble.expired.count == 1_100)
        #expect(ensemble.nodes[0].machine.counts.sessions == 0)
        #expect(ensemble.log.count - before <= 4)
    }

    @Test("with more nodes than one entry deletes is closed by several, and then answered")
    func closing() throws {
        var ensemble = Ensemble()
        let client = ensemble.connect()
        for number in 0..<5_100 {
            ensemble.send(
                .create(
                    CreateRequest(
                        path: ZnodePath(Bytes("/e\(number)")), data: nil, mode: .ephemeral)),
                from: client)
            if number % 500 == 0 { ensemble.settle() }
        }
        ensemble.settle()
        _ = try ensemble.clients[client].take()
        let reply = try ensemble.call(.closeSession, from: client)
        #expect(reply?.error == nil)
        #expect(ensemble.clients[client].isClosed)
        #expect(ensemble.nodes[0].machine.counts.ephemerals == 0)
        #expect(ensemble.nodes[0].machine.counts.sessions == 0)
    }

    @Test("finds empty containers and old nodes gone at most a tick late")
    func reaping() throws {
        var ensemble = Ensemble()
        let client = ensemble.connect(timeoutMilliseconds: 40_000)
        _ = try ensemble.call(
            .create(CreateRequest(.container, path: "/c", data: nil, mode: .container)),
            from: client)
        _ = try ensemble.create("/c/child", from: client)
        _ = try ensemble.call(.delete(DeleteRequest(path: "/c/child")), from: client)
        _ = try ensemble.call(
            .create(
                CreateRequest(
                    .timeToLive, path: "/t", data: nil, mode: .timeToLive,
                    timeToLiveMilliseconds: 3_000)), from: client)
        ensemble.advance(by: .milliseconds(2_500))
        #expect(try ensemble.call(.exists(ReadRequest(path: "/c")), from: client)?.error == .noNode)
        #expect(try ensemble.call(.exists(ReadRequest(path: "/t")), from: client)?.error == nil)
        ensemble.advance(by: .seconds(3))
        #expect(try ensemble.call(.exists(ReadRequest(path: "/t")), from: client)?.error == .noNode)
    }
}

import ClusterNode
import Placement
import Testing
import Toolbox
import Vocabulary
import ZooKeeperWire

@Suite("The coordination service")
struct CoordinationTests {
    private static let group = GroupNumbers.coordination

    private func create(_ path: Bytes, _ mode: CreateMode = .persistent) -> ZooKeeperRequest {
        .create(CreateRequest(path: ZnodePath(path), data: "data", mode: mode))
    }

    private func isOK(_ heard: Keeper.Heard) -> Bool {
        if case .reply(_, nil, _) = heard { true } else { false }
    }

    private func error(_ heard: Keeper.Heard) -> ZooKeeperError? {
        if case .reply(_, let error, _) = heard { error } else { nil }
    }

    @Test("What is made at one node is read at every other one at once")
    func readsAreFresh() throws {
        var cluster = try Cluster()
        let isLed = cluster.waitForLeaders()
        #expect(isLed)
        var writer = try cluster.keeper(at: 0)
        var readers = try (0..<3).map { try cluster.keeper(at: $0) }
        for round in 0..<5 {
            let path = Bytes("/round\(round)")
            let made = try cluster.reply(to: create(path), for: &writer)
            #expect(isOK(made))
            for index in readers.indices {
                let read = ReadRequest(path: ZnodePath(path))
                let found = try cluster.reply(to: .exists(read), for: &readers[index])
                #expect(isOK(found), "at n\(index + 1)")
            }
        }
        let digests = cluster.digests(of: Self.group)
        #expect(Set(digests).count == 1)
    }

    @Test("A watcher on another node hears of a change before it can see it")
    func watches() throws {
        var cluster = try Cluster()
        let isLed = cluster.waitForLeaders()
        #expect(isLed)
        var watcher = try cluster.keeper(at: 1)
        var writer = try cluster.keeper(at: 2)
        let path = ZnodePath("/watched")
        let missing = try cluster.reply(
            to: .exists(ReadRequest(path: path, setsWatch: true)), for: &watcher)
        #expect(error(missing) == .noNode)
        let made = try cluster.reply(to: create("/watched"), for: &writer)
        #expect(isOK(made))
        let seen = try cluster.reply(to: .exists(ReadRequest(path: path)), for: &watcher)
        #expect(isOK(seen))
        #expect(watcher.heard.dropLast().last == .event(WatchEvent(.nodeCreated, at: path)))
    }

    @Test("An ephemeral lives as long as its session, also over a dead leader and a new connection")
    func sessions() throws {
        var cluster = try Cluster()
        let isLed = cluster.waitForLeaders()
        #expect(isLed)
        let leader = try #require(cluster.leader(of: Self.group))
        let others = (0..<3).filter { $0 != leader }
        var owner = try cluster.keeper(at: others[0])
        let made = try cluster.reply(to: create("/mine", .ephemeral), for: &owner)
        #expect(isOK(made))

        cluster.kill(leader)
        let isLedAgain = cluster.run { $0.leader(of: Self.group) != nil }
        #expect(isLedAgain)
        var moved = try cluster.keeper(at: others[1], resuming: owner.session)
        #expect(moved.session?.session == owner.session?.session)
        for _ in 0..<5 {
            cluster.pass(.seconds(2))
            let seen = try cluster.reply(
                to: .exists(ReadRequest(path: ZnodePath("/mine"))), for: &moved)
            #expect(isOK(seen))
        }
        // Nobody speaks for it any more.
        cluster.tell(moved.socket.node, .clientClosed(moved.socket.connection))
        cluster.pass(.seconds(15))
        var other = try cluster.keeper(at: others[0])
        let gone = try cluster.reply(
            to: .exists(ReadRequest(path: ZnodePath("/mine"))), for: &other)
        #expect(error(gone) == .noNode)
    }

    @Test("Pipelined requests are answered in their order, on whatever node")
    func pipelining() throws {
        var cluster = try Cluster()
        let isLed = cluster.waitForLeaders()
        #expect(isLed)
        for node in 0..<3 {
            var client = try cluster.keeper(at: node)
            var last: Int32 = 0
            for number in 0..<50 {
                let path = Bytes("/n\(node)-\(number)")
                cluster.ask(create(path), of: &client)
                last = cluster.ask(.getData(ReadRequest(path: ZnodePath(path))), of: &client)
            }
            try cluster.wait(for: &client) { $0.asked.isEmpty }
            let xids = client.heard.compactMap { heard in
                if case .reply(let xid, nil, _) = heard { xid } else { nil }
            }
            #expect(xids == Array(1...last))
        }
    }

    @Test("A node that votes nowhere has a copy too, and serves clients")
    func learners() throws {
        var cluster = try Cluster(4, replicas: 3)
        let isLed = cluster.waitForLeaders()
        #expect(isLed)
        let hasCopy = cluster.run(atMost: .seconds(30)) {
            $0.nodes[3].instance?.appliedIndex(of: Self.group) ?? .zero > .zero
        }
        #expect(hasCopy)
        var client = try cluster.keeper(at: 3)
        let made = try cluster.reply(to: create("/from-a-learner"), for: &client)
        #expect(isOK(made))
    }

    @Test("Each node is registered while it lives, and seen to be gone by the others")
    func registration() throws {
        var cluster = try Cluster()
        let all = (1...3).map { NodeID(UInt16($0)) }
        let areThere = cluster.run(atMost: .seconds(20)) { cluster in
            cluster.nodes.allSatisfy { $0.instance?.registeredNodes == all }
        }
        #expect(areThere)
        let leader = try #require(cluster.leader(of: Self.group))
        cluster.kill(leader)
        let others = all.filter { $0 != NodeID(UInt16(leader + 1)) }
        let isGone = cluster.run(atMost: .seconds(30)) { cluster in
            cluster.nodes.indices.allSatisfy {
                $0 == leader || cluster.nodes[$0].instance?.registeredNodes == others
            }
        }
        #expect(isGone)
        try cluster.start(leader)
        let isBack = cluster.run(atMost: .seconds(30)) { cluster in
            cluster.nodes.allSatisfy { $0.instance?.registeredNodes == all }
        }
        #expect(isBack)
    }

    @Test("Nobody else writes where the cluster keeps its own")
    func reserved() throws {
        var cluster = try Cluster()
        let isLed = cluster.waitForLeaders()
        #expect(isLed)
        var client = try cluster.keeper(at: 0)
        let made = try cluster.reply(to: create("/rookery/mine"), for: &client)
        #expect(error(made) == .noAuth)
        let path = ZnodePath("/rookery/nodes/1")
        let removed = try cluster.reply(
            to: .delete(DeleteRequest(path: path)), for: &client)
        #expect(error(removed) == .noAuth)
    }

    @Test("A node that hears no leader closes its clients' connections")
    func noLeader() throws {
        var cluster = try Cluster()
        let isLed = cluster.waitForLeaders()
        #expect(isLed)
        let leader = try #require(cluster.leader(of: Self.group))
        let lonely = (leader + 1) % 3
        let client = try cluster.keeper(at: lonely)
        cluster.cutOff(lonely)
        let isClosed = cluster.run(atMost: .seconds(20)) {
            $0.closed.contains(client.socket.connection)
        }
        #expect(isClosed)
    }
}

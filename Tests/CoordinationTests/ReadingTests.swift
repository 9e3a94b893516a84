import Coordination
import ReplicatedState
import Testing
import Toolbox
import Vocabulary
import ZooKeeperWire

@Suite("Reading and reaping")
struct ReadingTests {
    @Test("an empty tree is ZooKeeper's")
    func empty() throws {
        let grove = Grove()
        #expect(try grove.children("/") == ["zookeeper"])
        #expect(try grove.children("/zookeeper") == ["config", "quota"])
        let root = try grove.stat("/")
        #expect(root.czxid == .zero)
        #expect(root.cversion == -1)
        #expect(root.numChildren == 1)
        #expect(grove.machine.counts.nodes == 4)
        #expect(try grove.machine.descendantsCount(at: "/", for: []) == 3)
    }

    @Test("the empty path is the root, other bad paths are no nodes")
    func paths() throws {
        let machine = Grove().machine
        let grove = Grove()
        #expect(try machine.data(at: "", for: []).stat == machine.stat(at: "/", for: []))
        for path: ZnodePath in ["x", "/no", "//", "/zookeeper/", "/."] {
            #expect(grove.error { _ = try machine.data(at: path, for: []) } == .noNode)
        }
        #expect(grove.error { _ = try machine.stat(at: "/\0", for: []) } == .badArguments)
    }

    @Test("children stand in the order of their creation, and all are counted")
    func children() throws {
        var grove = Grove(sessions: 1)
        for path: ZnodePath in ["/p", "/p/b", "/p/a", "/p/c", "/p/a/x", "/p/a/x/y"] {
            grove.create(path)
        }
        #expect(try grove.children("/p") == ["b", "a", "c"])
        #expect(try grove.machine.descendantsCount(at: "/p", for: []) == 5)
        grove.delete("/p/b")
        grove.create("/p/b")
        #expect(try grove.children("/p") == ["a", "c", "b"])
        #expect(try grove.restored().children("/p") == ["a", "c", "b"])
        let counts = grove.machine.counts
        #expect(try CoordinationCounts(decoding: grove.machine.answer("")) == counts)
        #expect(try grove.restored().machine.counts == counts)
    }

    @Test("requests that write the tree are operations, others are not")
    func operations() {
        let set = SetDataRequest(path: "/a", data: "x")
        #expect(CoordinationOperation(.setData(set)) == .one(.setData(set)))
        #expect(CoordinationOperation(.multi([.setData(set)])) == .multi([.setData(set)]))
        #expect(CoordinationOperation(.getACL("/a")) == nil)
        #expect(CoordinationOperation(.closeSession) == nil)
    }

    @Test("containers go once they had children and have none")
    func containers() throws {
        var grove = Grove(sessions: 1)
        grove.create("/c", mode: .container)
        let time = WallTime(milliseconds: grove.now)
        #expect(grove.machine.reapCandidates(at: time, maximum: 9) == [])
        grove.create("/c/x")
        #expect(grove.apply(.reap(["/c"])).outcome == .reaped(count: 0))
        grove.delete("/c/x")
        #expect(grove.machine.reapCandidates(at: time, maximum: 9) == ["/c"])
        #expect(grove.machine.reapCandidates(at: time, maximum: 0) == [])
        #expect(
            grove.apply(.reap(["/c", "/c", "/no", "/", "/zookeeper/quota"])).outcome
                == .reaped(count: 1))
        #expect(grove.changes == ["deleted /c"])
    }

    @Test("nodes with a time to live go when nobody changed them for so long")
    func timeToLive() {
        var grove = Grove(sessions: 1)
        grove.write(
            .one(
                .create(
                    CreateRequest(
                        .timeToLive, path: "/t", data: "", mode: .timeToLive,
                        timeToLiveMilliseconds: 100))))
        grove.now += 100
        let reap = CoordinationCommand.reap(["/t"])
        #expect(grove.apply(reap).outcome == .reaped(count: 0))
        grove.set("/t")
        grove.now += 50
        grove.create("/t/x")
        grove.now += 51
        #expect(grove.apply(reap).outcome == .reaped(count: 0))
        grove.delete("/t/x")
        let time = WallTime(milliseconds: grove.now)
        #expect(grove.machine.reapCandidates(at: time, maximum: 9) == ["/t"])
        #expect(grove.apply(reap).outcome == .reaped(count: 1))
        #expect(grove.machine.reapCandidates(at: time, maximum: 9) == [])
    }
}

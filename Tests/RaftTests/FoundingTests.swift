import Raft
import Testing
import Toolbox
import Vocabulary

/// How a group begins, and how it does not begin twice.
@Suite struct FoundingTests {
    @Test("the first founder asks, founds, and leads", arguments: [1, 2, 3, 5])
    func founds(count: Int) {
        var cluster = RaftCluster(count, unfounded: true)
        cluster.advance(.seconds(1))
        #expect(cluster.leader == 0)
        for place in 0..<count {
            #expect(
                cluster.instance(place).configuration.voters
                    == (1...UInt16(count)).map { m($0) })
        }
        #expect(cluster.ledger.violations == [])
    }

    @Test("no group begins while a founder is silent; it begins when that one comes")
    func waits() {
        var cluster = RaftCluster(3, unfounded: true)
        cluster.crash(2)
        cluster.advance(.seconds(5))
        #expect(cluster.leader == nil)
        #expect(cluster.peers.allSatisfy { $0.instance?.lastIndex ?? .zero == .zero })
        cluster.start(2)
        cluster.advance(.seconds(2))
        #expect(cluster.leader == 0)
    }

    @Test("a founder whose disk was wiped founds nothing: the group takes it in again")
    func wiped() {
        var cluster = RaftCluster(3, unfounded: true)
        cluster.foundsAgain = true
        cluster.advance(.seconds(1))
        cluster.propose(0, ["a"])
        cluster.advance(.milliseconds(200))
        cluster.wipe(0)
        cluster.advance(.seconds(6))
        #expect(cluster.leader != nil)
        let configuration = cluster.instance(cluster.leader ?? 1).configuration
        #expect(configuration.voters == [cluster.peers[0].member, m(2), m(3)])
        #expect(cluster.instance(0).configuration == configuration)
        #expect(cluster.ledger.violations == [])
    }

    @Test("a crash at any moment of the beginning leaves no group or the one")
    func crashes() {
        for steps in 0..<60 {
            var cluster = RaftCluster(3, unfounded: true)
            cluster.fire(0)
            for _ in 0..<steps {
                if !cluster.wire.isEmpty {
                    cluster.deliver(at: 0)
                } else if let place = cluster.peers.indices.first(where: {
                    !cluster.peers[$0].operations.isEmpty
                }) {
                    cluster.sync(place)
                }
            }
            for place in 0..<3 { cluster.crash(place) }
            for place in 0..<3 { cluster.start(place) }
            cluster.advance(.seconds(5))
            #expect(cluster.leader != nil, "after \(steps) steps")
            #expect(cluster.ledger.violations == [])
        }
    }

    @Test("who holds anything says so")
    func answers() {
        for bench in [Bench(), Bench(term: 1, configuration: .empty)] {
            var bench = bench
            bench.receive(.foundingQuestion, from: m(2), to: 0)
            #expect(bench.sent(to: 2) == [.foundingAnswer(.init(holdsAnything: true))])
        }
        var empty = Bench(configuration: .empty)
        empty.receive(.foundingQuestion, from: m(2), to: 0)
        #expect(empty.sent(to: 2) == [.foundingAnswer(.init(holdsAnything: false))])
    }
}

import ChatWire
import ClusterNode
import Placement
import Testing
import Toolbox
import Vocabulary

@Suite("A node whose clock is wrong")
struct ClockTests {
    private static let hour: Int64 = 3_600_000

    /// The times of messages sent while the shard is led by `leader`, less what is right.
    private func error(_ offset: Int64, ofLeader isLeaderWrong: Bool) throws -> ClosedRange<Int64> {
        var cluster = try Cluster()
        let anna = try cluster.register("anna")
        let bert = try cluster.register("bert")
        let chat = try cluster.createDirect(anna, bert, at: 0)
        let leader = try #require(cluster.leader(of: cluster.group(of: chat)))
        let wrong = isLeaderWrong ? leader : (leader + 1) % 3
        cluster.nodes[wrong].wallOffset = offset
        // Everybody hears everybody's clock.
        cluster.pass(.seconds(1))
        var errors: [Int64] = []
        for number in 1...5 {
            let client = 3 - leader - (leader + 1) % 3
            let receipt = try cluster.post(
                UInt64(number), "\(number)", to: chat, by: anna, at: client)
            errors.append(
                receipt.time.milliseconds - Cluster.wallStart - cluster.now / 1_000_000)
            cluster.pass(.milliseconds(200))
        }
        return (errors.min() ?? 0)...(errors.max() ?? 0)
    }

    @Test func doesNotMoveAGroupsTimeMoreThanASecondAhead() throws {
        let errors = try error(Self.hour, ofLeader: true)
        #expect(errors.upperBound <= 1_000)
        // It is the bound that holds it, not another clock.
        #expect(errors.lowerBound >= 900)
    }

    @Test func doesNotMoveAGroupThatItDoesNotLead() throws {
        for offset in [Self.hour, -Self.hour] {
            let errors = try error(offset, ofLeader: false)
            #expect(errors.upperBound <= 0)
            #expect(errors.lowerBound >= -300)
        }
    }

    @Test func doesNotTakeAGroupsTimeBack() throws {
        var cluster = try Cluster()
        let anna = try cluster.register("anna")
        let bert = try cluster.register("bert")
        let chat = try cluster.createDirect(anna, bert, at: 0)
        let first = try cluster.post(1, "one", to: chat, by: anna, at: 0)
        let leader = try #require(cluster.leader(of: cluster.group(of: chat)))
        for node in 0..<3 { cluster.nodes[node].wallOffset = -Self.hour }
        cluster.pass(.seconds(1))
        var receipt = try cluster.post(2, "two", to: chat, by: anna, at: (leader + 1) % 3)
        #expect(receipt.time >= first.time)
        cluster.kill(leader)
        receipt = try cluster.post(3, "three", to: chat, by: anna, at: (leader + 1) % 3)
        #expect(receipt.time >= first.time)
    }

    @Test func saysSoWhenItIsFarOff() throws {
        var cluster = try Cluster()
        cluster.nodes[1].wallOffset = 6_000
        cluster.pass(.seconds(2))
        for node in 0..<3 {
            let isSaid = cluster.nodes[node].observations.contains {
                if case .clockOff = $0 { true } else { false }
            }
            #expect(isSaid == (node == 1), "node \(node)")
        }
    }
}

import ChatWire
import ClusterNode
import Gateway
import Placement
import Raft
import Testing
import Toolbox
import Vocabulary

@Suite("A graceful stop")
struct StopTests {
    @Test func asksClientsToLeaveAndEndsWhenTheyHadTheirTime() throws {
        var cluster = try Cluster { $0.drainTimeout = .seconds(2) }
        let anna = try cluster.register("anna")
        var phone = try Phone(anna, at: 1, in: &cluster)
        cluster.tell(1, .shutdownRequested)
        cluster.settle()
        try phone.read(&cluster)
        let reasons = phone.frames.compactMap { frame -> Goaway.Reason? in
            guard case .goaway(let goaway) = frame else { return nil }
            return goaway.reason
        }
        #expect(reasons.count == 1)
        #expect(!cluster.nodes[1].isFinished)
        cluster.pass(.milliseconds(1_900))
        #expect(!cluster.nodes[1].isFinished)
        cluster.pass(.milliseconds(200))
        #expect(cluster.nodes[1].isFinished)
        #expect(cluster.nodes[1].halt == nil)
    }

    @Test func leavesTheOthersWithALeaderForEachGroup() throws {
        var cluster = try Cluster { $0.drainTimeout = .milliseconds(500) }
        let anna = try cluster.register("anna")
        let bert = try cluster.register("bert")
        let chat = try cluster.createDirect(anna, bert, at: 0)
        let leader = try #require(cluster.leader(of: cluster.group(of: chat)))
        cluster.tell(leader, .shutdownRequested)
        let isFinished = cluster.run { $0.nodes[leader].isFinished }
        #expect(isFinished)
        cluster.kill(leader)
        let node = (leader + 1) % 3
        _ = try cluster.post(1, "after", to: chat, by: anna, at: node)
        cluster.nodes[leader].isFinished = false
        try cluster.start(leader)
        let texts = try cluster.texts(of: chat, by: bert, at: leader)
        #expect(texts == ["after"])
    }
}

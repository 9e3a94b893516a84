import ChatWire
import ClusterNode
import HTTPWire
import Placement
import Testing
import Toolbox
import Vocabulary

@Suite("Without a majority")
struct QuorumTests {
    @Test func everythingIsRefusedForLaterAndNothingIsSaidToBeDone() throws {
        var cluster = try Cluster()
        let anna = try cluster.register("anna")
        let bert = try cluster.register("bert")
        let chat = try cluster.createDirect(anna, bert, at: 0)
        _ = try cluster.post(1, "before", to: chat, by: anna, at: 0)
        cluster.cutOff(1)
        cluster.cutOff(2)
        // Those that a leader of the past has taken may be in doubt; later ones are not taken.
        let early = try cluster.begin(
            .postMessage(chat), cluster.draft(2, "early"), by: anna, at: 0)
        cluster.pass(.seconds(15))
        #expect([503, 504].contains(try #require(try cluster.answer(on: early)).status))
        let calls: [(APIRoute, Bytes)] = [
            (.postMessage(chat), cluster.draft(3, "late")),
            (.messages(chat, .newest, limit: 10), Bytes()),
            (.chats(cursor: nil, limit: 10), Bytes()),
            (.removeMember(chat, bert.user), Bytes()),
            (.createUser, UserRequest(name: "carl", password: "correct horse battery").encoded()),
        ]
        for (route, body) in calls {
            let response = try cluster.call(route, body, by: anna, at: 0)
            #expect(response.status == 503, "\(route)")
            #expect(response.headers["Retry-After"] != nil, "\(route)")
            #expect(try ErrorReport(decoding: response.body).code == .noQuorum, "\(route)")
        }
        cluster.nodes[1].isCutOff = false
        let isLed = cluster.run { cluster in
            cluster.groups.allSatisfy { cluster.leader(of: $0.id) != nil }
        }
        #expect(isLed)
        let texts = try cluster.texts(of: chat, by: bert, at: 0)
        #expect(texts.first == "before")
        #expect(!texts.contains("late"))
    }

    @Test func aLeaderWhoseDiskStandsStillMakesWay() throws {
        var cluster = try Cluster()
        let anna = try cluster.register("anna")
        let bert = try cluster.register("bert")
        let chat = try cluster.createDirect(anna, bert, at: 0)
        let group = cluster.group(of: chat)
        let leader = try #require(cluster.leader(of: group))
        let other = try cluster.follower(of: group)
        cluster.nodes[leader].unfinished = []
        // The others have it, and that is enough.
        _ = try cluster.post(1, "held", to: chat, by: anna, at: other)
        let hasMadeWay = cluster.run(atMost: .seconds(5)) {
            $0.leader(of: group).map { $0 != leader } ?? false
        }
        #expect(hasMadeWay)
        _ = try cluster.post(2, "after", to: chat, by: anna, at: other)
        #expect(try cluster.texts(of: chat, by: bert, at: other) == ["held", "after"])

        let unfinished = try #require(cluster.nodes[leader].unfinished)
        #expect(!unfinished.isEmpty)
        cluster.nodes[leader].unfinished = nil
        for token in unfinished { cluster.tell(leader, .storageCompleted(token)) }
        let isWhole = cluster.run(atMost: .seconds(30)) { $0.hasConverged }
        #expect(isWhole)
        #expect(Set(cluster.digests(of: group)).count == 1)
    }

    @Test func twoOfThreeGoOn() throws {
        var cluster = try Cluster()
        let anna = try cluster.register("anna")
        let bert = try cluster.register("bert")
        let chat = try cluster.createDirect(anna, bert, at: 0)
        let leader = try #require(cluster.leader(of: cluster.group(of: chat)))
        cluster.cutOff(leader)
        let node = (leader + 1) % 3
        _ = try cluster.post(1, "goes on", to: chat, by: anna, at: node)
        // The one that is cut off answers neither with what was nor with what is.
        let stale = try cluster.call(
            .messages(chat, .newest, limit: 10), by: anna, at: leader)
        #expect(stale.status == 503)
        cluster.nodes[leader].isCutOff = false
        cluster.pass(.seconds(3))
        let texts = try cluster.texts(of: chat, by: bert, at: leader)
        #expect(texts == ["goes on"])
    }
}

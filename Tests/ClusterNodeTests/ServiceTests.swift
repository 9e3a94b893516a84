import ChatWire
import ClusterNode
import HTTPWire
import PeerWire
import Placement
import Raft
import Replication
import Testing
import Toolbox
import Vocabulary

@Suite("A cluster of three nodes")
struct ServiceTests {
    @Test func electsOneLeaderForEachGroup() throws {
        var cluster = try Cluster()
        let isLed = cluster.waitForLeaders()
        #expect(isLed)
        cluster.pass(.seconds(1))
        for group in cluster.groups {
            let roles = cluster.nodes.map { $0.instance?.consensus(of: group.id)?.role }
            #expect(roles.count { $0 == .leader } == 1, "\(group.id)")
            let leaders = Set(cluster.nodes.map { $0.instance?.consensus(of: group.id)?.leader })
            #expect(leaders.count == 1, "\(group.id)")
        }
    }

    @Test func registersLogsInCreatesAChatAndSendsAtAnyNode() throws {
        var cluster = try Cluster()
        let anna = try cluster.register("anna", at: 0)
        let bert = try cluster.register("bert", at: 1)
        let chat = try cluster.createDirect(anna, bert, at: 2)
        let again = try cluster.createDirect(bert, anna, at: 0)
        #expect(again == chat)
        for (number, node) in [0, 1, 2].enumerated() {
            let receipt = try cluster.post(
                UInt64(number), "from \(node)", to: chat, by: anna, at: node)
            // The first entry tells who is in the chat.
            #expect(receipt.seq.rawValue == UInt64(number) + 2)
            #expect(receipt.ord == UInt64(number) + 1)
        }
        for node in 0..<3 {
            let texts = try cluster.texts(of: chat, by: bert, at: node)
            #expect(texts == ["from 0", "from 1", "from 2"])
        }
        let isConverged = cluster.run { $0.hasConverged }
        #expect(isConverged)
        for group in cluster.groups { #expect(Set(cluster.digests(of: group.id)).count == 1) }
    }

    @Test func takesARepeatedMessageForTheSameOne() throws {
        var cluster = try Cluster()
        let anna = try cluster.register("anna")
        let bert = try cluster.register("bert")
        let chat = try cluster.createDirect(anna, bert, at: 0)
        let draft = cluster.draft(1, "once")
        let first: SendReceipt = try cluster.get(.postMessage(chat), draft, by: anna, at: 0)
        let second: SendReceipt = try cluster.get(.postMessage(chat), draft, by: anna, at: 2)
        #expect(second.isDuplicate)
        #expect(second.seq == first.seq)
        let texts = try cluster.texts(of: chat, by: bert, at: 1)
        #expect(texts == ["once"])
    }

    @Test func tellsAStrangerAndAnOutsiderNothing() throws {
        var cluster = try Cluster()
        let anna = try cluster.register("anna")
        let bert = try cluster.register("bert")
        let carl = try cluster.register("carl")
        let chat = try cluster.createDirect(anna, bert, at: 0)
        let page = APIRoute.messages(chat, .newest, limit: 10)
        #expect(try cluster.call(page, at: 1).status == 401)
        #expect(try cluster.call(page, by: carl, at: 1).status == 404)
        let draft = cluster.draft(1, "let me in")
        #expect(try cluster.call(.postMessage(chat), draft, by: carl, at: 1).status == 404)
    }

    @Test func keepsEverythingThatWasAnsweredThroughTheDeathOfAllProcesses() throws {
        var cluster = try Cluster()
        let anna = try cluster.register("anna")
        let bert = try cluster.register("bert")
        let chat = try cluster.createDirect(anna, bert, at: 0)
        for number in 1...20 {
            _ = try cluster.post(UInt64(number), "\(number)", to: chat, by: anna, at: number % 3)
        }
        for node in 0..<3 { cluster.kill(node) }
        for node in 0..<3 { try cluster.start(node) }
        let texts = try cluster.texts(of: chat, by: bert, at: 1)
        #expect(texts == (1...20).map { "\($0)" })
        #expect(cluster.nodes.allSatisfy { $0.halt == nil })
    }

    @Test func catchesANodeUpBySnapshotsThatItMissed() throws {
        var cluster = try Cluster {
            $0.replica.snapshotLogEntries = 10
            $0.replica.keptEntries = 2
            $0.replica.snapshotPartBytes = 300
        }
        let anna = try cluster.register("anna")
        let bert = try cluster.register("bert")
        let chat = try cluster.createDirect(anna, bert, at: 0)
        let away = try cluster.follower(of: GroupNumbers.membership)
        let here = (away + 1) % 3
        cluster.cutOff(away)
        for number in 1...40 {
            _ = try cluster.post(UInt64(number), "\(number)", to: chat, by: anna, at: here)
        }
        cluster.nodes[away].isCutOff = false
        let isConverged = cluster.run { $0.hasConverged }
        #expect(isConverged)
        let group = cluster.group(of: chat)
        #expect(Set(cluster.digests(of: group)).count == 1)
        let arrived = cluster.nodes[away].observations.contains {
            if case .snapshotKept(group, _, _) = $0 { true } else { false }
        }
        #expect(arrived)
        // What it received is good enough to start from.
        cluster.kill(away)
        try cluster.start(away)
        let texts = try cluster.texts(of: chat, by: bert, at: away)
        #expect(texts == (1...40).map { "\($0)" })
        #expect(cluster.nodes.allSatisfy { $0.halt == nil })
    }

    @Test func listsChatsWhoseLastMessagesWouldNotFitOneFrame() throws {
        var cluster = try Cluster(3, shards: 1)
        let anna = try cluster.register("anna")
        let leader = try #require(cluster.leader(of: GroupNumbers.messages(of: ShardID(0))))
        let node = (leader + 1) % 3
        let text = String(repeating: "\u{1F426}", count: 100_000)
        let count = PeerFrame.payloadBytesMaximum / text.utf8.count + 2
        for number in 1...count {
            let chat = try cluster.createGroup(anna, [], at: leader)
            _ = try cluster.post(UInt64(number), text, to: chat, by: anna, at: leader)
        }
        var listed: Set<ChatID> = []
        var cursor: Bytes?
        for _ in 0..<4 {
            let page: ConversationPage = try cluster.get(
                .chats(cursor: cursor, limit: 200), by: anna, at: node)
            #expect(page.chats.allSatisfy { $0.last?.hasMore == true && $0.unread == 0 })
            #expect(page.chats.allSatisfy { listed.insert($0.chat).inserted })
            #expect(page.isDone == (listed.count == count))
            cursor = page.cursor
        }
        #expect(listed.count == count)
        #expect(cluster.nodes.allSatisfy { $0.halt == nil })
    }
}

import ChatWire
import ClusterNode
import HTTPWire
import Messages
import Placement
import Testing
import Toolbox
import Vocabulary

@Suite("A change of members")
struct MembershipTests {
    private struct Scene {
        var cluster: Cluster
        var persons: [Person]
        var chat: ChatID
        let membership = GroupNumbers.membership
        var shard: ReplicaGroupID { cluster.group(of: chat) }

        init() throws {
            cluster = try Cluster(3, shards: 2)
            persons = try cluster.registerOnePerHome()
            chat = try cluster.createGroup(persons[0], persons, at: 0)
        }

        func status(of socket: Socket) throws -> Int? { try cluster.answer(on: socket)?.status }
    }

    @Test func isAnsweredOnlyWhenTheShardHasIt() throws {
        var scene = try Scene()
        scene.cluster.heldGroups = [scene.shard]
        let removal = APIRoute.removeMember(scene.chat, scene.persons[2].user)
        let socket = try scene.cluster.begin(removal, by: scene.persons[0], at: 1)
        scene.cluster.pass(.seconds(3))
        #expect(try scene.status(of: socket) == nil)
        scene.cluster.heldGroups = []
        let isAnswered = scene.cluster.run { $0.sent[socket.connection] != nil }
        #expect(isAnswered)
        #expect(try scene.status(of: socket) == 200)
        let answer = try MemberAnswer(
            decoding: try #require(try scene.cluster.answer(on: socket)).body)
        #expect(answer.seq == SequenceNumber(2))
        // From then on, at every node, he is nobody there.
        for node in 0..<3 {
            let page = APIRoute.messages(scene.chat, .newest, limit: 10)
            #expect(try scene.cluster.call(page, by: scene.persons[2], at: node).status == 404)
            let draft = scene.cluster.draft(UInt64(node), "still here?")
            let post = APIRoute.postMessage(scene.chat)
            #expect(
                try scene.cluster.call(post, draft, by: scene.persons[2], at: node).status == 404)
        }
    }

    @Test func reachesTheShardThoughTheLeaderThatDecidedItDies() throws {
        var scene = try Scene()
        scene.cluster.heldGroups = [scene.shard]
        let leader = try #require(scene.cluster.leader(of: scene.membership))
        let removal = APIRoute.removeMember(scene.chat, scene.persons[2].user)
        // The caller is connected to the leader, and gone with it.
        _ = try scene.cluster.begin(removal, by: scene.persons[0], at: leader)
        scene.cluster.pass(.milliseconds(100))
        scene.cluster.kill(leader)
        scene.cluster.heldGroups = []
        let node = (leader + 1) % 3
        let isOut = scene.cluster.run { [chat = scene.chat, shard = scene.shard] cluster in
            guard
                let bytes = cluster.nodes[node].instance?.localAnswer(
                    to: MessageQuery.describe(chat: chat).encoded(), in: shard)
            else { return false }
            do throws(DecodeFailure) {
                guard case .description(let found) = try MessageAnswer(decoding: bytes) else {
                    return false
                }
                return found.members.count == 2
            } catch {
                return false
            }
        }
        #expect(isOut)
        let members: MembersAnswer = try scene.cluster.get(
            .members(scene.chat), by: scene.persons[0], at: node)
        #expect(members.members.map(\.user).sorted() == scene.persons[0...1].map(\.user).sorted())
        // A repeat of the call says the same.
        #expect(try scene.cluster.call(removal, by: scene.persons[0], at: node).status == 409)
    }

    @Test func repeatedWhileTheFirstCallWaitsIsAnsweredTogetherWithIt() throws {
        var scene = try Scene()
        scene.cluster.heldGroups = [scene.shard]
        let removal = APIRoute.removeMember(scene.chat, scene.persons[2].user)
        let first = try scene.cluster.begin(removal, by: scene.persons[0], at: 1)
        let second = try scene.cluster.begin(removal, by: scene.persons[0], at: 2)
        scene.cluster.pass(.milliseconds(200))
        #expect(try scene.status(of: first) == nil)
        scene.cluster.heldGroups = []
        scene.cluster.pass(.seconds(3))
        let bodies = try [first, second].map { try scene.cluster.answer(on: $0)?.body }
        #expect(try scene.status(of: first) == 200)
        #expect(bodies[0] == bodies[1])
    }

    /// The repeat stands in the log before the word that the shard has the change, and is applied
    /// after the shard has answered.
    @Test func repeatedWhileTheShardAnswersIsAnsweredAsWell() throws {
        var scene = try Scene()
        let removal = APIRoute.removeMember(scene.chat, scene.persons[2].user)
        scene.cluster.heldGroups = [scene.shard]
        let first = try scene.cluster.begin(removal, by: scene.persons[0], at: 1)
        scene.cluster.settle()
        scene.cluster.heldGroups = [scene.shard, scene.membership]
        let second = try scene.cluster.begin(removal, by: scene.persons[0], at: 2)
        scene.cluster.settle()
        scene.cluster.heldGroups = [scene.membership]
        let connection = first.connection
        let isAnswered = scene.cluster.run(atMost: .milliseconds(400)) {
            $0.sent[connection] != nil
        }
        #expect(isAnswered)
        scene.cluster.heldGroups = []
        scene.cluster.pass(.seconds(2))
        #expect(try scene.status(of: second) == 200)
        let bodies = try [first, second].map { try scene.cluster.answer(on: $0)?.body }
        #expect(bodies[0] == bodies[1])
    }

    @Test func followsTheOneBeforeItInTheSameOrderAtTheShard() throws {
        var scene = try Scene()
        scene.cluster.heldGroups = [scene.shard]
        let calls: [APIRoute] = [
            .removeMember(scene.chat, scene.persons[2].user),
            .putMember(scene.chat, scene.persons[2].user),
            .removeMember(scene.chat, scene.persons[1].user),
        ]
        var sockets: [Socket] = []
        for call in calls {
            let body = MemberRequest(role: nil).encoded()
            sockets.append(try scene.cluster.begin(call, body, by: scene.persons[0], at: 0))
            scene.cluster.settle()
        }
        scene.cluster.heldGroups = []
        scene.cluster.pass(.seconds(3))
        let answers = try sockets.map {
            try MemberAnswer(decoding: try #require(try scene.cluster.answer(on: $0)).body)
        }
        #expect(answers.map(\.seq.rawValue) == [2, 3, 4])
        #expect(answers.map(\.membersVersion) == [2, 3, 4])
    }
}

import ClusterNode
import LogStorage
import Placement
import Raft
import Replication
import Testing
import Toolbox
import Vocabulary

@Suite("A disk that forgot")
struct DiskLossTests {
    private static let group = GroupNumbers.messages(of: ShardID(0))

    private func busy() throws -> (Cluster, Person, ChatID, [String]) {
        var cluster = try Cluster(3) {
            $0.replica.snapshotLogEntries = 8
            $0.replica.keptEntries = 0
        }
        let isLed = cluster.waitForLeaders()
        #expect(isLed)
        let anna = try cluster.register("anna")
        let bert = try cluster.register("bert")
        let chat = try cluster.createDirect(anna, bert, at: 0)
        let texts = (1...12).map { "message \($0)" }
        for (number, text) in texts.enumerated() {
            _ = try cluster.post(UInt64(number + 1), text, to: chat, by: anna, at: 0)
        }
        cluster.pass(.milliseconds(500))
        return (cluster, anna, chat, texts)
    }

    /// All groups have `node` as a voter under other copies than `before`, and agree.
    private func isWhole(
        _ cluster: inout Cluster, _ node: Int, _ before: [ReplicaGroupID: ReplicaID]
    ) -> Bool {
        cluster.run(atMost: .seconds(30)) { cluster in
            cluster.groups.allSatisfy { group in
                guard let leader = cluster.leader(of: group.id),
                    let raft = cluster.nodes[leader].instance?.consensus(of: group.id),
                    let replica = cluster.replica(of: group.id, at: node)
                else { return false }
                let member = RaftMember(node: NodeID(UInt16(node + 1)), replica: replica)
                return replica != before[group.id] && raft.configuration.voters.contains(member)
                    && raft.configuration.voters.count == 3 && !raft.configuration.isJoint
                    && raft.configuration.learners.isEmpty && cluster.agrees(on: group.id)
            }
        }
    }

    private func copies(_ cluster: Cluster, _ node: Int) -> [ReplicaGroupID: ReplicaID] {
        var copies: [ReplicaGroupID: ReplicaID] = [:]
        for group in cluster.groups { copies[group.id] = cluster.replica(of: group.id, at: node) }
        return copies
    }

    @Test(arguments: 0..<3)
    func entirelyGetsNewCopiesThatTakeThePlaceOfTheOld(_ node: Int) throws {
        var (cluster, anna, chat, texts) = try busy()
        let before = copies(cluster, node)
        #expect(before.count == cluster.groups.count)
        cluster.kill(node)
        cluster.nodes[node].files = SortedMap()
        try cluster.start(node)
        let isWhole = isWhole(&cluster, node, before)
        #expect(isWhole)
        #expect(try cluster.texts(of: chat, by: anna, at: node) == texts)
        #expect(cluster.nodes.allSatisfy { $0.halt == nil })
        // It counts again: another one may fail.
        cluster.kill((node + 1) % 3)
        let isLed = cluster.waitForLeaders()
        #expect(isLed)
    }

    @Test func inTheMiddleOfItsLogIsSaidAndHealedByTheOthers() throws {
        var (cluster, anna, chat, texts) = try busy()
        let before = copies(cluster, 1)
        cluster.kill(1)
        let segment = try #require(
            cluster.nodes[1].files.keys.first {
                SegmentNames.isLogFile($0) && !$0.text.hasPrefix("spare")
            })
        var bytes = try #require(cluster.nodes[1].files[segment]?.array)
        for place in 2_048..<2_560 { bytes[place] = 0 }
        cluster.nodes[1].files[segment] = Bytes(bytes)
        try cluster.start(1)
        let damage = cluster.nodes[1].observations.compactMap {
            if case .damaged(let damage) = $0 { damage } else { nil }
        }
        #expect(damage.first?.file == segment)
        let affected = damage.flatMap(\.affected)
        #expect(!affected.isEmpty)
        let isHealed = cluster.run(atMost: .seconds(30)) { cluster in
            cluster.groups.allSatisfy { group in
                cluster.agrees(on: group.id)
                    && (!affected.contains(group.id)
                        || cluster.replica(of: group.id, at: 1) != before[group.id])
            }
        }
        #expect(isHealed)
        #expect(try cluster.texts(of: chat, by: anna, at: 1) == texts)
    }

    @Test(arguments: ["missing", "damaged"])
    func aSnapshotGetsItFromTheOthers(_ how: String) throws {
        var (cluster, anna, chat, texts) = try busy()
        let before = copies(cluster, 2)
        cluster.kill(2)
        let file = try #require(
            cluster.nodes[2].files.keys.first { SnapshotFile.identify($0) != nil })
        let group = try #require(SnapshotFile.identify(file)).group
        if how == "missing" {
            cluster.nodes[2].files.removeValue(forKey: file)
        } else {
            var bytes = try #require(cluster.nodes[2].files[file]?.array)
            bytes[bytes.count - 1] ^= 1
            cluster.nodes[2].files[file] = Bytes(bytes)
        }
        try cluster.start(2)
        #expect(cluster.replica(of: group, at: 2) != before[group])
        let isHealed = cluster.run(atMost: .seconds(30)) { cluster in
            cluster.groups.allSatisfy { cluster.agrees(on: $0.id) }
                && cluster.nodes[2].instance?.appliedIndex(of: group) ?? .zero > .zero
        }
        #expect(isHealed)
        #expect(try cluster.texts(of: chat, by: anna, at: 2) == texts)
        for other in cluster.groups where other.id != group {
            #expect(cluster.replica(of: other.id, at: 2) == before[other.id])
        }
    }
}

import ClusterNode
import LogStorage
import Placement
import Replication
import Testing
import Toolbox
import Vocabulary

@Suite("A node's start")
struct StartTests {
    /// The files of a node that has been in use and has made snapshots.
    private static func files() throws -> SortedMap<FileName, Bytes> {
        var cluster = try Cluster(1, shards: 1) { $0.replica.snapshotLogEntries = 4 }
        for number in 1...6 { _ = try cluster.register("person\(number)") }
        return cluster.nodes[0].files
    }

    private static let plan = Cluster.plans(1, shards: 1)[0]

    private static func start(
        _ plan: NodePlan, _ files: SortedMap<FileName, Bytes>
    ) -> Result<NodeInstance, NodeStartFailure> {
        var directives: [NodeDirective] = []
        let moment = Moment(
            monotonic: Instant(nanoseconds: 0),
            wall: WallTime(milliseconds: Cluster.wallStart))
        do throws(NodeStartFailure) {
            return .success(
                try NodeInstance.start(
                    plan, files: StoredFiles(files), incarnation: Incarnation(9), seed: 1,
                    at: moment,
                    into: &directives))
        } catch {
            return .failure(error)
        }
    }

    private static func failure(
        _ plan: NodePlan, _ files: SortedMap<FileName, Bytes>
    ) -> NodeStartFailure? {
        if case .failure(let failure) = start(plan, files) { failure } else { nil }
    }

    @Test func goesOnFromItsOwnFiles() throws {
        let files = try Self.files()
        let node = try Self.start(Self.plan, files).get()
        #expect(node.appliedIndex(of: GroupNumbers.membership) > LogIndex(4))
        #expect(files.keys.contains { SnapshotFile.identify($0) != nil })
    }

    @Test func isRefusedWithTheFilesOfAnotherCluster() throws {
        var plan = Self.plan
        plan.cluster = "another"
        guard case .log(.otherCluster) = Self.failure(plan, try Self.files()) else {
            Issue.record("\(String(describing: Self.failure(plan, try Self.files())))")
            return
        }
    }

    @Test func isRefusedWithTheFilesOfAnotherNode() throws {
        var plan = Self.plan
        plan.node = NodeID(2)
        guard
            case .log(.otherNode(_, found: NodeID(1), expected: NodeID(2))) = Self.failure(
                plan, try Self.files())
        else {
            Issue.record("\(String(describing: Self.failure(plan, try Self.files())))")
            return
        }
    }

    @Test func isRefusedWithoutASnapshotThatTheLogNames() throws {
        var files = try Self.files()
        let snapshot = try #require(files.keys.first { SnapshotFile.identify($0) != nil })
        files.removeValue(forKey: snapshot)
        guard case .damaged(let damage) = Self.failure(Self.plan, files) else {
            Issue.record("\(String(describing: Self.failure(Self.plan, files)))")
            return
        }
        #expect(damage.map(\.file) == [snapshot])
    }

    @Test func isRefusedWithASnapshotThatIsNotWhatWasWritten() throws {
        let files = try Self.files()
        let snapshot = try #require(files.keys.first { SnapshotFile.identify($0) != nil })
        let good = try #require(files[snapshot]?.array)
        for place in [0, 9, 30, good.count / 2, good.count - 1] {
            var bad = good
            bad[place] ^= 4
            var damaged = files
            damaged[snapshot] = Bytes(bad)
            let failure = Self.failure(Self.plan, damaged)
            #expect(failure != nil, "byte \(place)")
            #expect("\(String(describing: failure))".contains(snapshot.text), "byte \(place)")
        }
    }

    @Test func isRefusedWithASnapshotThatIsWholeAndNoState() throws {
        var files = try Self.files()
        let name = try #require(files.keys.first { SnapshotFile.identify($0) != nil })
        let read = try SnapshotFile.decode(
            try #require(files[name]), file: name,
            cluster: LogIdentity.hash(ofClusterName: Self.plan.cluster))
        let forged = SnapshotFile(
            cluster: LogIdentity.hash(ofClusterName: Self.plan.cluster), group: read.group,
            index: read.index, term: read.term, configuration: read.configuration,
            body: ["no state at all"])
        var storage: [StorageDirective] = []
        forged.save(reporting: StorageToken(.snapshot, number: 1), into: &storage)
        var bytes: [UInt8] = []
        for case .write(_, let offset, let piece) in storage {
            if bytes.count < offset + piece.count {
                bytes += [UInt8](repeating: 0, count: offset + piece.count - bytes.count)
            }
            bytes.replaceSubrange(offset..<offset + piece.count, with: piece.array)
        }
        files[name] = Bytes(bytes)
        guard case .snapshot(name, _) = Self.failure(Self.plan, files) else {
            Issue.record("\(String(describing: Self.failure(Self.plan, files)))")
            return
        }
    }

    @Test func removesWhatACrashLeftBehind() throws {
        var cluster = try Cluster(1, shards: 1) { $0.replica.snapshotLogEntries = 4 }
        for number in 1...6 { _ = try cluster.register("person\(number)") }
        let names = cluster.nodes[0].files.keys
        let stray = SnapshotFile.name(group: GroupNumbers.membership, index: LogIndex(999))
        cluster.nodes[0].files[stray] = "half a snapshot"
        cluster.kill(0)
        try cluster.start(0)
        _ = try cluster.register("anybody")
        #expect(cluster.nodes[0].files[stray] == nil)
        let snapshots = cluster.nodes[0].files.keys.filter { SnapshotFile.identify($0) != nil }
        #expect(snapshots.count <= names.filter { SnapshotFile.identify($0) != nil }.count)
    }
}

import Raft
import ReplicatedState
import Replication
import Testing
import Toolbox
import Vocabulary

@Suite("A kept snapshot")
struct KeptSnapshotTests {
    private func words(_ cluster: inout ReplicaCluster) -> [String] {
        cluster.takeSaid(0).map(\.word).filter { $0.hasPrefix("encode") || $0 == "save" }
    }

    @Test func isMadeOnceTheLogHasOutgrownItsBound() throws {
        var cluster = try ReplicaCluster(1) { $0.snapshotLogBytes = 100 }
        cluster.elect(0)
        let text = String(repeating: "x", count: 20)
        for count in 1...3 {
            cluster.carryOut([text], at: 0)
            #expect(words(&cluster).isEmpty, "after \(count)")
        }
        cluster.carryOut([text], at: 0)
        #expect(words(&cluster) == ["encodeKept", "save"])
        #expect(cluster.members[0].replica.raft.snapshotPosition?.index == LogIndex(5))
    }

    @Test func isNotMadeAgainBeforeTheLogHasOutgrownTheLastOne() throws {
        var cluster = try ReplicaCluster(1) { $0.snapshotLogBytes = 100 }
        cluster.elect(0)
        var made: [Int] = []
        for count in 1...64 {
            cluster.carryOut([String(repeating: "x", count: 20)], at: 0)
            if !words(&cluster).isEmpty { made.append(count) }
        }
        // Each line is larger in the snapshot than in the log: the distance grows with the state.
        let gaps = zip(made, made.dropFirst()).map { $1 - $0 }
        #expect(made.first == 4)
        #expect(gaps == gaps.sorted())
        #expect(gaps.count >= 2)
        #expect((gaps.last ?? 0) > 2 * (gaps.first ?? 0))
    }

    @Test func isMadeAfterSoManyEntriesHoweverSmall() throws {
        var cluster = try ReplicaCluster(1) { $0.snapshotLogEntries = 4 }
        cluster.elect(0)
        var made: [Int] = []
        for count in 1...12 {
            cluster.carryOut(["x"], at: 0)
            if !words(&cluster).isEmpty { made.append(count) }
        }
        // The leader's first entry counts as well.
        #expect(made == [3, 7, 11])
    }

    @Test func isMadeWhenTheLogWantsOneAndThereIsSomethingNew() throws {
        var cluster = try ReplicaCluster(1)
        cluster.tell(0, .snapshotWanted)
        #expect(words(&cluster).isEmpty)
        cluster.elect(0)
        cluster.carryOut(["a"], at: 0)
        cluster.tell(0, .snapshotWanted)
        cluster.tell(0, .snapshotWanted)
        #expect(words(&cluster) == ["encodeKept"])
        cluster.settle()
        #expect(words(&cluster) == ["save"])
        cluster.tell(0, .snapshotWanted)
        #expect(words(&cluster).isEmpty)
        cluster.carryOut(["b"], at: 0)
        cluster.tell(0, .snapshotWanted)
        #expect(words(&cluster) == ["encodeKept"])
    }

    @Test func cutsTheLogOnlyWhenItsRecordIsDurable() throws {
        var cluster = try ReplicaCluster(1) { $0.keptEntries = 1 }
        cluster.elect(0)
        cluster.carryOut(["a", "b", "c"], at: 0)
        cluster.members[0].holdsDisk = true
        _ = cluster.takeSaid(0)
        cluster.tell(0, .snapshotWanted)
        cluster.settle()
        #expect(
            cluster.takeSaid(0).map(\.word)
                == ["encodeKept", "save", "snapshotInstalled", "awaitKept"])
        #expect(cluster.members[0].replica.raft.snapshotPosition == nil)
        #expect(cluster.members[0].replica.raft.firstIndex == LogIndex(1))
        cluster.persistNext(0)
        #expect(cluster.members[0].replica.raft.snapshotPosition?.index == LogIndex(4))
        #expect(cluster.members[0].replica.raft.firstIndex == LogIndex(4))
    }

    @Test func bringsTheStateBackWithTheLogBehindIt() throws {
        var cluster = try ReplicaCluster(3) {
            $0.snapshotLogEntries = 3
            $0.keptEntries = 0
        }
        cluster.elect(0)
        cluster.carryOut(["a", "b", "c", "d"], at: 0)
        cluster.pass(.milliseconds(100))
        let digest = cluster.members[0].replica.machine.digest
        for index in 0..<3 { try cluster.restart(index) }
        #expect(cluster.texts(1) == ["a", "b"])
        #expect(cluster.members[1].replica.applied == LogIndex(3))
        cluster.elect(1)
        cluster.elect(1)
        cluster.pass(.milliseconds(200))
        for index in 0..<3 { #expect(cluster.members[index].replica.machine.digest == digest) }
    }

    @Test func thatIsNoStateRefusesToBeRestored() throws {
        var cluster = try ReplicaCluster(1)
        cluster.elect(0)
        cluster.carryOut(["a"], at: 0)
        var recovery = cluster.members[0].disk.recovery
        recovery.raft.snapshot = SnapshotPosition(index: LogIndex(2), term: Term(1))
        for body: Bytes in ["", "short", "12345678\u{1}"] {
            recovery.snapshotBody = body
            #expect(throws: DecodeFailure.self) {
                _ = try ReplicaCluster.Replica(
                    identity: RaftIdentity(
                        group: ReplicaCluster.group, member: ReplicaCluster.member(0)),
                    founders: [], limits: .init(), recovery: recovery,
                    settings: ReplicaSettings(), random: SeededRandom(seed: 1),
                    at: Instant(nanoseconds: 0))
            }
        }
    }
}

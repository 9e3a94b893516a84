import Raft
import Replication
import Testing
import Toolbox
import Vocabulary

@Suite("A snapshot that is being installed")
struct InstallTests {
    @Test func isInstalledBeforeItsReplicaStandsForElection() throws {
        var cluster = try ReplicaCluster(3) {
            $0.snapshotLogEntries = 3
            $0.keptEntries = 0
        }
        cluster.elect(0)
        cluster.members[2].isCutOff = true
        cluster.carryOut((1...6).map { "command \($0)" }, at: 0)
        cluster.members[2].holdsSaves = true
        cluster.members[2].isCutOff = false
        cluster.pass(.milliseconds(200))
        // Its file is there and its record is on its way to the disk, where it stays for long.
        cluster.members[2].holdsDisk = true
        cluster.save(2)
        cluster.members[0].isCutOff = true
        cluster.pass(.seconds(3))
        #expect(cluster.members[2].replica.raft.role != .candidate)
        #expect(cluster.members[2].replica.raft.role != .leader)
        #expect(cluster.members[2].replica.raft.term == Term(1))
        #expect(!cluster.members[1].replica.isLeader)
        #expect(cluster.texts(2).isEmpty)
        cluster.members[2].holdsDisk = false
        cluster.pass(.seconds(3))
        #expect(cluster.members[1].replica.isLeader != cluster.members[2].replica.isLeader)
        #expect(cluster.texts(2) == cluster.texts(1))
    }
}

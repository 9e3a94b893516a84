import AdminWire
import SystemIO
import Testing
import Toolbox
import Vocabulary
import clusterctl

/// A stranger who has nothing but the page of `Placement`: its program, run as it stands there,
/// beside `clusterctl ring owner`.
@Suite("The program on Placement's page")
struct PageProgramTests {
    @Test(
        "names the same owners as clusterctl ring owner, by the same epoch",
        .enabled(
            if: Stranger.canRun && LiveCluster.program != nil,
            """
            needs chatnode beside the tests, and python3 with kazoo, such as: \
            pip install --target DIR kazoo; PYTHONPATH=DIR swift test --filter PageProgram
            """))
    func agrees() throws {
        let cluster = try LiveCluster(nodes: 3)
        try cluster.waitUntilReady()
        // The ring is founded a moment after the nodes are there.
        try cluster.wait { cluster.run("znode", "get", "/rookery/ring", "--json").status == .good }
        let stranger = try Stranger(in: cluster.folder)
        var owners: Set<NodeID> = []
        for user in [0, 1, 2, 3, 17, 4_096, 1 << 32, (1 << 53) - 1, .max] as [UInt64] {
            let (status, output, _) = cluster.run("ring", "owner", "\(user)", "--json")
            #expect(status == .good)
            let told = try RingOwnerStatus.decode(Bytes(output))
            let printed = try stranger.follow(cluster.coordinationAddress, user: user)
            let epoch = told.epoch.rawValue
            #expect(printed == "epoch \(epoch) user \(user) node \(told.owner.rawValue)\n")
            owners.insert(told.owner)
        }
        #expect(owners.count == 3)
    }
}

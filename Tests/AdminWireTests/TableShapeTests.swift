import AdminWire
import Testing
import Toolbox
import Vocabulary

@Suite("What is told of the cluster's tables")
struct TableShapeTests {
    private func ring() -> RingStatus {
        var draining = RingNodeStatus(
            node: NodeID(2), arcs: 5_461, weight: 100, host: "h2", zone: "z \"2\"",
            url: "http://127.0.0.1:8082", isRegistered: true)
        draining.isDraining = true
        return RingStatus(
            node: NodeID(1), isFenced: true, epoch: RingEpoch(1 << 62),
            nodes: [
                RingNodeStatus(node: NodeID(1), arcs: 10_923), draining,
                RingNodeStatus(node: NodeID(3), arcs: 0, isRegistered: false),
            ])
    }

    private func owner() -> RingOwnerStatus {
        RingOwnerStatus(
            user: UserID(.max), arc: ArcID(8_564), owner: NodeID(2), url: "http://127.0.0.1:8082",
            epoch: RingEpoch(7), node: NodeID(3), isFenced: false)
    }

    private func placement() -> PlacementStatus {
        PlacementStatus(
            node: NodeID(2), isFenced: false, partitionsEpoch: 3,
            groups: [
                GroupPlacement(group: ReplicaGroupID(0), kind: .coordination),
                GroupPlacement(
                    group: ReplicaGroupID(101), kind: .messages, shard: ShardID(1),
                    partitions: 512,
                    assignment: GroupPlacement.Assignment(
                        epoch: 1 << 62, voters: [NodeID(1), NodeID(2)], preferred: NodeID(2)),
                    voters: [NodeID(1), NodeID(3)], leader: NodeID(3)),
            ], undecodable: ["/rookery/ring", "/rookery/partitions"])
    }

    @Test("reads back what it wrote, and takes any damage without a trap")
    func roundTrips() throws {
        var whole = ring()
        try expectRoundTrip(whole)
        whole.runs = [
            RingRun(first: ArcID(0), count: 10_923, owner: NodeID(1)),
            RingRun(first: ArcID(10_923), count: 5_461, owner: NodeID(2)),
        ]
        whole.undecodable = ["/rookery/ring"]
        try expectRoundTrip(whole)
        try expectRoundTrip(owner())
        try expectRoundTrip(placement())
    }

    @Test("a ring is written as tools expect it, with exact shares")
    func ringText() {
        #expect(
            ring().encoded()
                == """
                {"node":1,"fenced":true,"epoch":4611686018427387904,"arcs":16384,"nodes":[\
                {"node":1,"arcs":10923,"share":0.66668701171875,"weight":null,"host":"",\
                "zone":"","url":"","registered":null,"draining":false},\
                {"node":2,"arcs":5461,"share":0.33331298828125,"weight":100,"host":"h2",\
                "zone":"z \\"2\\"","url":"http://127.0.0.1:8082","registered":true,\
                "draining":true},\
                {"node":3,"arcs":0,"share":0.0,"weight":null,"host":"","zone":"","url":"",\
                "registered":false,"draining":false}],"undecodable":[]}
                """)
    }

    @Test("an owner is written as tools expect it")
    func ownerText() {
        #expect(
            owner().encoded()
                == """
                {"user":"18446744073709551615","arc":8564,"owner":2,\
                "url":"http://127.0.0.1:8082","epoch":7,"node":3,"fenced":false}
                """)
    }

    @Test("a placement is written as tools expect it")
    func placementText() {
        #expect(
            placement().encoded()
                == """
                {"node":2,"fenced":false,"partitions_epoch":3,"groups":[\
                {"group":0,"kind":"coordination","shard":null,"partitions":0,\
                "assignment":null,"voters":[],"leader":null},\
                {"group":101,"kind":"messages","shard":1,"partitions":512,\
                "assignment":{"epoch":4611686018427387904,"voters":[1,2],"preferred":2},\
                "voters":[1,3],"leader":3}],"undecodable":["/rookery/ring","/rookery/partitions"]}
                """)
    }

    @Test(
        "arcs that no ring has are refused",
        arguments: [
            (16_384, 1), (16_383, 2), (0, 0), (0, 16_385), (65_535, 65_535), (-1, 1),
        ])
    func arcs(first: Int, count: Int) {
        let text = "{\"first\":\(first),\"count\":\(count),\"owner\":1}"
        #expect(throws: AdminFailure.self) { try RingRun.decode(Bytes(text)) }
    }

    @Test("an owner of an arc that no ring has is refused")
    func ownerOfNothing() {
        let text = owner().encoded().text?.split(separator: "8564").joined(separator: "16384")
        #expect(throws: AdminFailure.invalidField("arc", expected: "an arc of the ring")) {
            try RingOwnerStatus.decode(Bytes(text ?? ""))
        }
    }
}

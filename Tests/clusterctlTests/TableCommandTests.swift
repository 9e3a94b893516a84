import AdminWire
import Testing
import Toolbox
import Vocabulary
import clusterctl

@Suite("Commands about the cluster's tables")
struct TableCommandTests {
    private static let question = "GET /admin/v1/ring"

    /// As n`node` has it: n2 drains, n3 is away.
    private static func ring(
        from node: UInt16, epoch: UInt64 = 7, isFenced: Bool = false
    ) -> RingStatus {
        var nodes = (UInt16(1)...3).map { number in
            RingNodeStatus(
                node: NodeID(number), arcs: number == 1 ? 5_462 : 5_461, weight: 100, host: "h",
                zone: number == 1 ? "" : "z\(number)", url: "http://127.0.0.1:20\(number)",
                isRegistered: true)
        }
        nodes[1].isDraining = true
        nodes[2].isRegistered = false
        nodes[2].weight = nil
        return RingStatus(
            node: NodeID(node), isFenced: isFenced, epoch: RingEpoch(epoch), nodes: nodes)
    }

    private static func told(_ shape: some AdminShape) -> AdminResponder.Reply {
        .init(body: shape.encoded())
    }

    private static func telling(_ ring: RingStatus) -> Scripts.Script { [question: [told(ring)]] }

    @Test("a ring is shown with shares, weights, zones and who is there")
    func showsRing() throws {
        let cluster = try TestCluster((1...3).map { Self.telling(Self.ring(from: $0)) })
        let (status, output, complaints) = cluster.run("ring")
        #expect(status == .good)
        #expect(complaints.isEmpty)
        #expect(
            output == """
                ring e7 as n1 has it: 16384 arcs, 3 owners

                NODE        ARCS  SHARE  WEIGHT  ZONE  STATE       URL
                n1    5462/16384  33.3%     100  -     registered  http://127.0.0.1:201
                n2    5461/16384  33.3%     100  z2    draining    http://127.0.0.1:202
                n3    5461/16384  33.3%       -  z3    away        http://127.0.0.1:203

                """)
        let json = cluster.run("ring", "--json")
        #expect(json.output == (Self.ring(from: 1).encoded().text ?? "") + "\n")
    }

    @Test("arcs are shown with their owners when asked for")
    func showsArcs() throws {
        var ring = Self.ring(from: 1)
        ring.runs = [
            RingRun(first: ArcID(0), count: 5_462, owner: NodeID(1)),
            RingRun(first: ArcID(5_462), count: 1, owner: NodeID(2)),
            RingRun(first: ArcID(5_463), count: 10_921, owner: NodeID(3)),
        ]
        let cluster = try TestCluster([["GET /admin/v1/ring?arcs=1": [Self.told(ring)]]])
        let (status, output, _) = cluster.run("ring", "--arcs")
        #expect(status == .good)
        #expect(
            output.hasSuffix(
                """

                FIRST   LAST   ARCS  OWNER
                    0   5461   5462  n1
                 5462   5462      1  n2
                 5463  16383  10921  n3

                """))
    }

    @Test("the newest ring of a node that is not fenced counts, and the others are named")
    func choosesNewest() throws {
        let cluster = try TestCluster([
            Self.telling(Self.ring(from: 1, epoch: 9, isFenced: true)),
            Self.telling(Self.ring(from: 2, epoch: 7)),
            Self.telling(Self.ring(from: 3, epoch: 8)), nil,
        ])
        let (status, output, complaints) = cluster.run("ring")
        #expect(status == .good)
        #expect(output.hasPrefix("ring e8 as n3 has it"))
        #expect(output.contains(" fenced    http://127.0.0.1:201"))
        #expect(
            complaints == """
                node 4: connect 127.0.0.1:4: Connection refused. Is the node running?
                node 1 is fenced: what it tells may be out of date
                node 2 has older tables

                """)
    }

    @Test("a ring that only fenced nodes tell is bad, as is one that the tree's replaced unread")
    func doubtful() throws {
        let fenced = try TestCluster([
            Self.telling(Self.ring(from: 1, isFenced: true)), nil,
        ])
        let (status, output, _) = fenced.run("ring")
        #expect(status == .bad)
        #expect(output.hasPrefix("ring e7 as n1 has it"))
        var ring = Self.ring(from: 1)
        ring.undecodable = ["/rookery/ring"]
        let unread = try TestCluster([Self.telling(ring)])
        let second = unread.run("ring")
        #expect(second.status == .bad)
        #expect(
            second.complaints
                == "node 1 cannot read /rookery/ring: what it said before is in force\n")
        let nobody = try TestCluster([nil, nil])
        for words in [["ring"], ["ring", "owner", "17"], ["placement"]] {
            let (status, output, complaints) =
                words.count == 1 ? nobody.run(words[0]) : nobody.run(words[0], words[1], words[2])
            #expect(status == .unreachable)
            #expect(output.isEmpty)
            #expect(complaints.hasPrefix("node 1: connect 127.0.0.1:1: Connection refused"))
        }
    }

    // MARK: Owners

    private static func owner(
        _ user: UInt64, isFenced: Bool = false
    ) -> AdminResponder.Reply {
        told(
            RingOwnerStatus(
                user: UserID(user), arc: ArcID(10_611), owner: NodeID(2),
                url: "http://127.0.0.1:202", epoch: RingEpoch(8), node: NodeID(1),
                isFenced: isFenced))
    }

    @Test("an owner is shown with the arc, where to connect and whose word it is")
    func showsOwner() throws {
        let question = "GET /admin/v1/ring/owner?user=17"
        let cluster = try TestCluster([
            [Self.question: [Self.told(Self.ring(from: 1))], question: [Self.owner(17)]]
        ])
        let (status, output, complaints) = cluster.run("ring", "owner", "17")
        #expect(status == .good)
        #expect(complaints.isEmpty)
        #expect(
            output == """
                user     u17
                arc      a10611
                owner    n2
                url      http://127.0.0.1:202
                epoch    e8
                told by  n1

                """)
        #expect(cluster.run("ring", "owner", "u17", "--id").output == output)
        #expect(
            cluster.run("ring", "owner", "17", "--json").output == """
                {"user":"17","arc":10611,"owner":2,"url":"http://127.0.0.1:202","epoch":8,"node":1,\
                "fenced":false}

                """)
    }

    @Test("a user is named by number or by name")
    func findsUser() throws {
        let refusal = Scripts.refusal(404, "not_found", "no such user")
        let cluster = try TestCluster([
            [
                Self.question: [Self.told(Self.ring(from: 1))],
                "GET /admin/v1/ring/owner?name=anna": [Self.owner(4), refusal],
                "GET /admin/v1/ring/owner?name=17": [Self.owner(5)],
            ]
        ])
        #expect(cluster.run("ring", "owner", "anna").output.hasPrefix("user     u4\n"))
        #expect(cluster.run("ring", "owner", "17", "--name").output.hasPrefix("user     u5\n"))
        let (status, output, complaints) = cluster.run("ring", "owner", "anna")
        #expect(status == .bad)
        #expect(output.isEmpty)
        #expect(complaints == "node 1: no such user (not_found)\n")
        #expect(cluster.run("ring", "owner", "anna", "--id").status == .usage)
        #expect(cluster.run("ring", "owner", "1", "--id", "--name").status == .usage)
        #expect(cluster.run("ring", "owner").status == .usage)
    }

    @Test("the owner is asked of the node with the newest ring that is not fenced")
    func asksBest() throws {
        let question = "GET /admin/v1/ring/owner?user=17"
        let cluster = try TestCluster([
            Self.telling(Self.ring(from: 1, epoch: 9, isFenced: true)),
            Self.telling(Self.ring(from: 2, epoch: 7)),
            [Self.question: [Self.told(Self.ring(from: 3, epoch: 8))], question: [Self.owner(17)]],
        ])
        #expect(cluster.run("ring", "owner", "17").status == .good)
        let alone = try TestCluster([
            [
                Self.question: [Self.told(Self.ring(from: 1, isFenced: true))],
                question: [Self.owner(17, isFenced: true)],
            ]
        ])
        let (status, output, complaints) = alone.run("ring", "owner", "17")
        #expect(status == .bad)
        #expect(output.hasPrefix("user     u17\n"))
        #expect(complaints == "node 1 is fenced: what it tells may be out of date\n")
    }

    // MARK: Placement

    private static func placement(
        from node: UInt16 = 1, isFenced: Bool = false
    ) -> PlacementStatus {
        func group(
            _ number: UInt32, _ voters: [UInt16], _ assigned: [UInt16]?, leader: UInt16?
        ) -> GroupPlacement {
            let isMessages = number >= 100
            return GroupPlacement(
                group: ReplicaGroupID(number),
                kind: isMessages ? .messages : number == 0 ? .coordination : .membership,
                shard: isMessages ? ShardID(UInt16(number - 100)) : nil,
                partitions: number == 100 ? 513 : isMessages ? 511 : 0,
                assignment: assigned.map { assigned in
                    GroupPlacement.Assignment(
                        epoch: 4, voters: assigned.map { NodeID($0) },
                        preferred: NodeID(assigned[0]))
                },
                voters: voters.map { NodeID($0) }, leader: leader.map { NodeID($0) })
        }
        return PlacementStatus(
            node: NodeID(node), isFenced: isFenced, partitionsEpoch: 1,
            groups: [
                group(0, [1, 2, 3], [1, 2, 3], leader: 1), group(1, [1, 2, 3], nil, leader: nil),
                group(100, [1, 2, 3], [2, 3, 4], leader: 2),
                group(101, [1, 2, 3], [1, 2, 3], leader: 3),
                group(102, [1, 2, 3], [1, 2, 3], leader: nil),
            ])
    }

    @Test("a placement is shown as it shall be, as it is, and where the two differ")
    func showsPlacement() throws {
        let question = "GET /admin/v1/placement"
        let cluster = try TestCluster([
            [question: [Self.told(Self.placement(isFenced: true))]],
            [question: [Self.told(Self.placement(from: 2))]],
        ])
        let (status, output, complaints) = cluster.run("placement")
        #expect(status == .good)
        #expect(complaints == "node 1 is fenced: what it tells may be out of date\n")
        #expect(
            output == """
                placement as n2 has it: 1024 partitions in 3 shards of 511 to 513, epoch 1

                GROUP  KIND          SHARD  PARTITIONS  EPOCH  ASSIGNED  VOTERS    PREFERRED  LEADER  STATE
                g0     coordination  -               -      4  n1 n2 n3  n1 n2 n3  n1         n1      in place
                g1     membership    -               -      -  -         n1 n2 n3  -          -       unassigned
                g100   messages      s0            513      4  n2 n3 n4  n1 n2 n3  n2         n2      moving
                g101   messages      s1            511      4  n1 n2 n3  n1 n2 n3  n1         n3      led elsewhere
                g102   messages      s2            511      4  n1 n2 n3  n1 n2 n3  n1         -       no leader

                """)
        let json = cluster.run("placement", "--json")
        #expect(json.output == (Self.placement(from: 2).encoded().text ?? "") + "\n")
    }
}

import PeerWire
import Peering
import Testing
import Toolbox
import Vocabulary

/// Two nodes and the wires between them.
private struct Pair {
    var nodes: [NodeID: PeeringInstance] = [:]
    /// Which connection at the other end a connection is joined to.
    var wires: [End: End] = [:]
    var now = Moment(monotonic: Instant(nanoseconds: 0), wall: WallTime(milliseconds: 1_000))
    var lastAccepted: UInt64 = 1
    var learnt: [String] = []
    /// Nodes whose process is gone.
    var dead: Set<NodeID> = []
    /// Nodes whose process is dying: it still takes connections, and answers nothing.
    var dying: Set<NodeID> = []

    struct End: Hashable {
        var node: NodeID
        var connection: ConnectionID
    }

    init(secrets: [Bytes] = ["secret", "secret"], clusters: [UInt64] = [1, 1]) {
        for (offset, node) in [NodeID(1), NodeID(2)].enumerated() {
            start(node, life: 100, secret: secrets[offset], cluster: clusters[offset])
        }
    }

    private mutating func start(_ node: NodeID, life: UInt64, secret: Bytes, cluster: UInt64) {
        nodes[node] = PeeringInstance(
            identity: PeeringIdentity(
                cluster: cluster, node: node, incarnation: Incarnation(life), secret: secret),
            peers: [NodeID(1), NodeID(2)], settings: PeeringSettings(),
            random: SeededRandom(seed: life + UInt64(node.rawValue)), at: now.monotonic)
    }

    /// The process dies, and another is there before anybody notices.
    mutating func replace(_ node: NodeID) {
        start(node, life: 101, secret: "secret", cluster: 1)
        let ends = wires.keys.filter { $0.node == node }
        for end in ends.sorted(by: { $0.connection < $1.connection }) { cut(end) }
    }

    mutating func advance(_ duration: Duration) {
        now = Moment(monotonic: now.monotonic + duration, wall: now.wall)
        for node in [NodeID(1), NodeID(2)] where !dead.contains(node) {
            run(node) { $0.timeDidAdvance(to: $1.monotonic, into: &$2) }
        }
    }

    mutating func run(
        _ node: NodeID,
        _ body: (inout PeeringInstance, Moment, inout [PeeringDirective]) -> Void
    ) {
        guard var instance = nodes[node] else { return }
        var directives: [PeeringDirective] = []
        body(&instance, now, &directives)
        nodes[node] = instance
        for directive in directives { carryOut(directive, of: node) }
    }

    private mutating func carryOut(_ directive: PeeringDirective, of node: NodeID) {
        switch directive {
        case .dial(let connection, let peer, _): dial(connection, from: node, to: peer)
        case .send(let connection, let bytes):
            guard let other = wires[End(node: node, connection: connection)] else { return }
            run(other.node) { $0.received(other.connection, bytes, at: $1, into: &$2) }
        case .close(let connection): cut(End(node: node, connection: connection))
        case .opened(let peer, let channel): learnt.append("\(node) opened \(peer) \(channel)")
        case .lost(let peer, let channel): learnt.append("\(node) lost \(peer) \(channel)")
        case .replaced(let peer): learnt.append("\(node) finds another \(peer)")
        case .refused(let peer): learnt.append("\(node) refused by \(peer)")
        case .received(let peer, _, let sections, _):
            learnt.append("\(node) from \(peer): \(sections.map(\.kind))")
        case .observe(.rejected(_, let reason)): learnt.append("\(node) rejects: \(reason)")
        case .observe: break
        }
    }

    private mutating func dial(_ connection: ConnectionID, from node: NodeID, to peer: NodeID) {
        guard !dead.contains(peer) else {
            run(node) { $0.dialFailed(connection, wasRefused: true, at: $1, into: &$2) }
            return
        }
        guard !dying.contains(peer) else {
            run(node) { $0.dialled(connection, at: $1, into: &$2) }
            run(node) { $0.closed(connection, at: $1, into: &$2) }
            return
        }
        lastAccepted += 2
        let accepted = ConnectionID(lastAccepted)
        wires[End(node: node, connection: connection)] = End(node: peer, connection: accepted)
        wires[End(node: peer, connection: accepted)] = End(node: node, connection: connection)
        nodes[peer]?.accepted(accepted, at: now)
        run(node) { $0.dialled(connection, at: $1, into: &$2) }
    }

    /// The connection breaks at both ends; the end that asked for it hears nothing.
    mutating func cut(_ end: End) {
        guard let other = wires.removeValue(forKey: end) else { return }
        wires.removeValue(forKey: other)
        run(other.node) { $0.closed(other.connection, at: $1, into: &$2) }
    }
}

@Suite("Links between nodes")
struct PeeringTests {
    @Test("two nodes with one secret open both channels")
    func opens() {
        var pair = Pair()
        pair.advance(.milliseconds(1))
        for channel in ["consensus", "bulk"] {
            #expect(pair.learnt.contains("n1 opened n2 \(channel)"))
            #expect(pair.learnt.contains("n2 opened n1 \(channel)"))
        }
        pair.run(NodeID(2)) {
            let section = PeerSection(kind: .consensus, group: ReplicaGroupID(1), body: "hello")
            let isSent = $0.send([section], to: NodeID(1), over: .consensus, at: $1, into: &$2)
            #expect(isSent)
        }
        #expect(pair.learnt.last == "n1 from n2: [PeerWire.PeerSection.Kind.consensus]")
    }

    @Test("another secret, or another cluster, is turned away by name")
    func rejects() {
        var secrets = Pair(secrets: ["secret", "other"])
        secrets.advance(.milliseconds(1))
        #expect(secrets.learnt.contains("n1 rejects: wrongSecret(n2)"))
        #expect((secrets.nodes[NodeID(1)]?.dropped[.wrongSecret] ?? 0) > 0)
        #expect(!secrets.learnt.contains { $0.contains("opened") })
        var clusters = Pair(clusters: [1, 2])
        clusters.advance(.milliseconds(1))
        #expect(clusters.learnt.contains("n2 rejects: otherCluster(1)"))
        #expect((clusters.nodes[NodeID(2)]?.dropped[.otherCluster] ?? 0) > 0)
        #expect(!clusters.learnt.contains { $0.contains("opened") })
    }

    @Test("when a process dies, the survivor learns at once that nobody listens")
    func probes() throws {
        for survivor in [NodeID(1), NodeID(2)] {
            var pair = Pair()
            pair.advance(.milliseconds(1))
            let peer = survivor == NodeID(1) ? NodeID(2) : NodeID(1)
            pair.dead = [peer]
            let connection = try #require(
                pair.nodes[peer]?.connection(to: survivor, .consensus))
            pair.cut(Pair.End(node: peer, connection: connection))
            pair.advance(.milliseconds(1))
            #expect(pair.learnt.contains("\(survivor) lost \(peer) consensus"))
            #expect(pair.learnt.contains("\(survivor) refused by \(peer)"))
        }
    }

    @Test("a dial that a dying process took does not hide that nobody listens any more")
    func lastGasp() throws {
        for survivor in [NodeID(1), NodeID(2)] {
            var pair = Pair()
            pair.advance(.milliseconds(1))
            let peer = survivor == NodeID(1) ? NodeID(2) : NodeID(1)
            pair.dying = [peer]
            for channel in PeerChannel.allCases {
                let connection = try #require(
                    pair.nodes[peer]?.connection(to: survivor, channel))
                pair.cut(Pair.End(node: peer, connection: connection))
            }
            pair.run(survivor) { $0.timeDidAdvance(to: $1.monotonic, into: &$2) }
            #expect(!pair.learnt.contains("\(survivor) refused by \(peer)"))
            pair.dying = []
            pair.dead = [peer]
            pair.advance(.milliseconds(100))
            #expect(pair.learnt.filter { $0 == "\(survivor) refused by \(peer)" }.count >= 1)
        }
    }

    @Test("a process that took another's place is told from a link that broke")
    func replacement() throws {
        for survivor in [NodeID(1), NodeID(2)] {
            var pair = Pair()
            pair.advance(.milliseconds(1))
            let peer = survivor == NodeID(1) ? NodeID(2) : NodeID(1)
            let connection = try #require(
                pair.nodes[NodeID(2)]?.connection(to: NodeID(1), .consensus))
            pair.cut(Pair.End(node: NodeID(2), connection: connection))
            pair.advance(.seconds(1))
            let news = "\(survivor) finds another \(peer)"
            #expect(!pair.learnt.contains(news))
            pair.replace(peer)
            pair.advance(.seconds(1))
            #expect(!pair.learnt.contains("\(survivor) refused by \(peer)"))
            #expect(pair.learnt.filter { $0 == news }.count == 1)
        }
    }

    @Test("a link that broke opens again by itself")
    func reopens() throws {
        var pair = Pair()
        pair.advance(.milliseconds(1))
        let connection = try #require(pair.nodes[NodeID(2)]?.connection(to: NodeID(1), .bulk))
        pair.cut(Pair.End(node: NodeID(2), connection: connection))
        pair.advance(.milliseconds(1))
        #expect(pair.nodes[NodeID(1)]?.isOpen(NodeID(2), .bulk) == true)
        #expect(pair.nodes[NodeID(2)]?.isOpen(NodeID(1), .bulk) == true)
    }

    @Test("frames of another life of the sender are dropped and counted")
    func staleIncarnation() throws {
        var pair = Pair()
        pair.advance(.milliseconds(1))
        let before = pair.learnt.count
        let connection = try #require(
            pair.nodes[NodeID(2)]?.connection(to: NodeID(1), .consensus))
        let stale = PeerFrame(
            kind: .sections, sender: Incarnation(99), receiver: Incarnation(100), sequence: 1,
            wall: WallTime(milliseconds: 0),
            payload: PeerSection.encode([
                PeerSection(kind: .consensus, group: ReplicaGroupID(1), body: "old vote")
            ]))
        pair.run(NodeID(2)) { $0.received(connection, stale.encoded(), at: $1, into: &$2) }
        #expect(pair.learnt.count == before)
        #expect(pair.nodes[NodeID(2)]?.dropped[.otherIncarnation] == 1)
        #expect(pair.nodes[NodeID(2)]?.dropped.total == 1)
    }

    @Test("a frame of another protocol version is dropped and counted, and its link opens anew")
    func otherVersion() throws {
        var pair = Pair()
        pair.advance(.milliseconds(1))
        let connection = try #require(
            pair.nodes[NodeID(2)]?.connection(to: NodeID(1), .consensus))
        var frame = PeerFrame(
            kind: .sections, sender: Incarnation(1), receiver: Incarnation(2), sequence: 1,
            wall: WallTime(milliseconds: 0), payload: PeerSection.encode([])
        ).encoded().array
        frame[4] = PeerFrame.version + 1
        pair.run(NodeID(2)) { $0.received(connection, Bytes(frame), at: $1, into: &$2) }
        #expect(pair.nodes[NodeID(2)]?.dropped[.otherVersion] == 1)
        pair.advance(.milliseconds(1))
        #expect(pair.nodes[NodeID(2)]?.isOpen(NodeID(1), .consensus) == true)
    }

    @Test("a stranger's noise closes his connection and nothing else", arguments: 0..<50)
    func noise(seed: UInt64) {
        var pair = Pair()
        pair.advance(.milliseconds(1))
        var random = SeededRandom(seed: seed)
        let stranger = ConnectionID(9_001)
        pair.nodes[NodeID(2)]?.accepted(stranger, at: pair.now)
        let bytes = Bytes((0..<200).map { _ in UInt8(truncatingIfNeeded: random.next()) })
        pair.run(NodeID(2)) { $0.received(stranger, bytes, at: $1, into: &$2) }
        #expect(pair.learnt.last?.hasPrefix("n2 rejects: frame") == true)
        #expect(pair.nodes[NodeID(1)]?.isOpen(NodeID(2), .bulk) == true)
    }
}

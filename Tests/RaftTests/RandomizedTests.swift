import Raft
import Testing
import Toolbox
import Vocabulary

/// Everything at once, by chance: loss, doubling, reordering, cuts, crashes that lose unsynced
/// writes, slow disks, compaction. Then the faults stop, and the group must come together.
@Suite struct RandomizedTests {
    struct Adversary {
        var cluster: RaftCluster
        var random: SeededRandom
        var proposals: UInt64 = 0
        var reads: UInt64 = 0

        init(voters: Int, seed: UInt64) {
            var settings = RaftSettings()
            settings.appendEntriesMaximum = 3
            settings.windowAppendsMaximum = 4
            settings.applyEntriesMaximum = 5
            settings.uncommittedEntriesMaximum = 40
            cluster = RaftCluster(voters, settings: settings, seed: seed)
            random = SeededRandom(seed: seed &* 7919)
        }

        mutating func act() {
            let place = random.below(cluster.peers.count)
            switch random.below(200) {
            case 0..<90: deliver()
            case 90..<130: cluster.sync(place)
            case 130..<146:
                cluster.now = cluster.now + .milliseconds(random.below(30))
                cluster.step(place) { $0.timeDidAdvance(to: $1, into: &$2) }
            case 146..<148: cluster.fire(place)
            case 148..<176: propose(cluster.leader ?? place)
            case 176..<182: read(cluster.leaders.randomElement(using: &random) ?? place)
            case 182..<184: crash(place)
            case 184..<190: restart()
            case 190..<192: cluster.cutOff(place)
            case 192..<194: cluster.cut(from: place, to: random.below(cluster.peers.count))
            case 194..<196: cluster.heal()
            case 196..<198: cluster.compact(place, keeping: random.below(6))
            default:
                let other = n(UInt16(random.below(cluster.peers.count) + 1))
                cluster.step(place) { $0.peerBecameUnreachable(other, at: $1, into: &$2) }
            }
        }

        private mutating func deliver() {
            guard !cluster.wire.isEmpty else { return }
            let position = random.chance(0.7) ? 0 : random.below(min(cluster.wire.count, 12))
            switch random.below(20) {
            case 0: cluster.lose(at: position)
            case 1: if case .message = cluster.wire[position].content {
                cluster.deliver(at: position, keeping: true)
            }
            default: cluster.deliver(at: position)
            }
        }

        private mutating func propose(_ place: Int) {
            proposals += 1
            let payloads = (0...random.below(3)).map { Bytes("p\(proposals).\($0)") }
            cluster.propose(place, payloads)
        }

        private mutating func read(_ place: Int) {
            reads += 1
            cluster.read(place, RequestID(reads))
        }

        private mutating func crash(_ place: Int) {
            guard cluster.peers[place].instance != nil else { return }
            cluster.crash(
                place, surviving: random.below(cluster.peers[place].operations.count + 1))
            if random.chance(0.5) { cluster.reportRefusal(of: place) }
        }

        private mutating func restart() {
            guard let place = cluster.peers.indices.first(where: {
                cluster.peers[$0].instance == nil
            }) else { return }
            cluster.start(place)
        }

        mutating func compareLogs() {
            let instances = cluster.peers.compactMap(\.instance)
            for one in instances.indices {
                for other in instances.indices where other > one {
                    cluster.ledger.compareLogs(instances[one], instances[other])
                }
            }
        }

        /// The faults stop; what is asked for now must be done in bounded time.
        mutating func calmDown() -> Bool {
            cluster.heal()
            for place in cluster.peers.indices where cluster.peers[place].instance == nil {
                cluster.start(place)
            }
            cluster.advance(.seconds(6))
            guard let leader = cluster.leader else { return false }
            cluster.propose(leader, [Bytes("last")])
            cluster.read(leader, RequestID(1 << 40))
            cluster.advance(.seconds(1))
            let last = cluster.instance(leader).lastIndex
            return cluster.peers.allSatisfy { $0.applied == last }
                && cluster.peers[leader].ready.contains(RequestID(1 << 40))
        }
    }

    @Test("nothing that must never be is ever seen", arguments: 1...60)
    func safety(seed: Int) {
        let voters = [3, 5, 3, 1, 2, 4, 7][seed % 7]
        var adversary = Adversary(voters: voters, seed: UInt64(seed))
        for round in 0..<2_500 {
            adversary.act()
            if round % 50 == 0 { adversary.compareLogs() }
            if !adversary.cluster.ledger.violations.isEmpty { break }
        }
        #expect(adversary.cluster.ledger.violations == [], "seed \(seed)")
        let isWhole = adversary.calmDown()
        adversary.compareLogs()
        #expect(isWhole, "seed \(seed) does not come together")
        #expect(adversary.cluster.ledger.violations == [], "seed \(seed), calm")
        print("STAT", seed, voters, adversary.cluster.ledger.applied.count, adversary.cluster.peers.map { $0.instance?.term.rawValue ?? 0 }, adversary.cluster.peers.map { $0.disk.snapshot?.index.rawValue ?? 0 }, adversary.cluster.peers.map { $0.ready.count })
        #expect(adversary.cluster.ledger.applied.count > 3, "seed \(seed) did nothing")
    }
}

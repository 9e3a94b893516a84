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
        /// How much of each kind of trouble this run has: some have none of one and much of
        /// another.
        let weights: [Int]
        let hasChurn: Bool

        /// - Parameter spares: with some, members come and go, disks are wiped and leadership is
        ///   handed over as well.
        init(voters: Int, spares: Int = 0, seed: UInt64) {
            var settings = RaftSettings()
            settings.jointTimeout = .seconds(2)
            settings.appendEntriesMaximum = 1 + Int(seed % 3)
            settings.windowAppendsMaximum = 4
            settings.applyEntriesMaximum = 5
            settings.uncommittedEntriesMaximum = 40
            cluster = RaftCluster(voters, spares: spares, settings: settings, seed: seed)
            hasChurn = spares > 0
            random = SeededRandom(seed: seed &* 7919)
            var random = random
            func some(_ maximum: Int) -> Int { random.chance(0.3) ? 0 : random.below(maximum) }
            weights = [
                60 * voters, 12 * voters, 16, some(4), 10, 4, some(4), 1 + random.below(6),
                some(3), some(4), 1 + random.below(5), some(4), some(4), some(20), some(20),
                hasChurn ? 4 + random.below(12) : 0, hasChurn ? some(8) : 0,
                hasChurn ? some(5) : 0, random.chance(0.5) ? 1 : 0,
            ]
        }

        mutating func act() {
            let place = random.below(cluster.peers.count)
            switch draw() {
            case 0: deliver()
            case 1: cluster.sync(place)
            case 2:
                cluster.now = cluster.now + .milliseconds(random.below(30))
                cluster.step(place) { $0.timeDidAdvance(to: $1, into: &$2) }
            case 3: cluster.fire(place)
            case 4: propose(leaderOrDeposed ?? place)
            case 5: read(cluster.leaders.randomElement(using: &random) ?? place)
            case 6: crash(place)
            case 7: restart()
            case 8: cluster.cutOff(place)
            case 9: cluster.cut(from: place, to: random.below(cluster.peers.count))
            case 10: cluster.heal()
            case 11: cluster.compact(place, keeping: random.below(6))
            case 12:
                let other = n(UInt16(random.below(cluster.peers.count) + 1))
                cluster.step(place) { $0.peerBecameUnreachable(other, at: $1, into: &$2) }
            case 13: if !cluster.wire.isEmpty { cluster.lose(at: anyMessage()) }
            case 14: repeatMessage()
            case 15: changeMembers(at: cluster.leader ?? place)
            case 16:
                cluster.transfer(
                    cluster.leader ?? place, to: random.below(cluster.peers.count))
            case 17: wipe(place)
            default: linger()
            }
        }

        /// Mostly the newest one; what a deposed one takes will give way.
        private var leaderOrDeposed: Int? {
            mutating get {
                random.chance(0.8) ? cluster.leader : cluster.leaders.randomElement(using: &random)
            }
        }

        /// Time passes as it does in a running group, with all that is cut being cut, and a link or
        /// two more: promises and leases are about time.
        private mutating func linger() {
            let leader = cluster.leader ?? 0
            if random.chance(0.7) {
                cluster.cutBothWays(leader, random.below(cluster.peers.count))
            }
            let speed = random.chance(0.5) ? 1.0 : 0.3
            for beat in 0..<(10 + random.below(90)) {
                cluster.now = cluster.now + .milliseconds(10)
                for place in cluster.peers.indices {
                    cluster.step(place) { $0.timeDidAdvance(to: $1, into: &$2) }
                    while !cluster.peers[place].operations.isEmpty, random.chance(0.9) {
                        cluster.sync(place)
                    }
                }
                var left = cluster.wire.count
                while left > 0 {
                    left -= 1
                    if random.chance(speed) { cluster.deliver(at: random.below(left + 1)) }
                }
                if beat % 10 == 0 { propose(leaderOrDeposed ?? leader) }
                if hasChurn, random.chance(0.01) {
                    cluster.transfer(
                        cluster.leader ?? leader, to: random.below(cluster.peers.count))
                }
            }
        }

        private mutating func draw() -> Int {
            var left = random.below(weights.reduce(0, +))
            for (kind, weight) in weights.enumerated() {
                if left < weight { return kind }
                left -= weight
            }
            return 0
        }

        private mutating func anyMessage() -> Int {
            random.chance(0.8) ? 0 : random.below(min(cluster.wire.count, 12))
        }

        private mutating func repeatMessage() {
            guard !cluster.wire.isEmpty else { return }
            let position = anyMessage()
            if case .message = cluster.wire[position].content {
                cluster.deliver(at: position, keeping: true)
            }
        }

        private mutating func deliver() {
            guard !cluster.wire.isEmpty else { return }
            cluster.deliver(at: anyMessage())
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
            guard
                let place = cluster.peers.indices.first(where: {
                    cluster.peers[$0].instance == nil
                })
            else { return }
            cluster.start(place)
        }

        private mutating func changeMembers(at place: Int) {
            // A voter that died for good and is still taken for alive, by a late word of its own,
            // can take the majority of a smaller set with it.
            let voters = cluster.peers[place].instance?.configuration.voters ?? []
            let living = cluster.peers.map(\.member)
            guard voters.allSatisfy(living.contains) else { return }
            let other = random.below(cluster.peers.count)
            let node = cluster.peers[other].node
            // Who was a member once comes back as another copy only.
            let isFresh = !cluster.ledger.configurations.contains {
                $0.configuration.contains(cluster.peers[other].member)
            }
            let change: MembershipChange =
                switch random.below(8) {
                case 0, 1: isFresh ? .addLearner(cluster.peers[other].member) : .remove(node)
                case 2, 3: .promote(node)
                case 4: .demote(node)
                case 5: .remove(node)
                default:
                    .setVoters(
                        cluster.peers.map(\.node).filter { _ in random.chance(0.6) })
                }
            cluster.change(place, change)
        }

        /// A disk may be lost as long as a majority of every set of voters that anybody goes by is
        /// left; who was removed is destroyed at any time.
        private mutating func wipe(_ place: Int) {
            if cluster.peers[place].isRemoved { return cluster.wipe(place) }
            let left = cluster.peers.indices.filter { $0 != place }.map {
                cluster.peers[$0].member
            }
            for peer in cluster.peers {
                guard let instance = peer.instance,
                    Ledger.isQuorum(left, of: instance.configuration)
                else { return }
            }
            cluster.wipe(place)
        }

        mutating func compareLogs() {
            let instances = cluster.peers.compactMap(\.instance)
            for instance in instances { cluster.ledger.checkConfiguration(of: instance) }
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
            cluster.advance(.seconds(hasChurn ? 20 : 6))
            guard let leader = cluster.leader else { return false }
            cluster.propose(leader, [Bytes("last")])
            cluster.read(leader, RequestID(1 << 40))
            cluster.advance(.seconds(1))
            let instance = cluster.instance(leader)
            let configuration = instance.configuration
            return !configuration.isJoint
                && configuration.members.allSatisfy { member in
                    cluster.peers.contains {
                        $0.member == member && $0.applied == instance.lastIndex
                    }
                }
                && cluster.peers[leader].ready.contains(RequestID(1 << 40))
        }
    }

    @Test("nothing that must never be is ever seen", arguments: 1...100)
    func safety(seed: Int) {
        let voters = [3, 5, 3, 1, 2, 4, 7][seed % 7]
        var adversary = Adversary(voters: voters, seed: UInt64(seed))
        for round in 0..<8_000 {
            adversary.act()
            if round % 50 == 0 { adversary.compareLogs() }
            if !adversary.cluster.ledger.violations.isEmpty { break }
        }
        #expect(adversary.cluster.ledger.violations == [], "seed \(seed)")
        let isWhole = adversary.calmDown()
        adversary.compareLogs()
        #expect(isWhole, "seed \(seed) does not come together")
        #expect(adversary.cluster.ledger.violations == [], "seed \(seed), calm")
        #expect(adversary.cluster.ledger.applied.count > 1, "seed \(seed) did nothing")
    }

    @Test(
        "nothing that must never be is seen while members come and go", arguments: 1...100)
    func churn(seed: Int) {
        var adversary = Adversary(
            voters: [3, 1, 4, 2, 5][seed % 5], spares: [2, 3, 1][seed % 3], seed: UInt64(seed))
        for round in 0..<8_000 {
            adversary.act()
            if round % 50 == 0 { adversary.compareLogs() }
            if !adversary.cluster.ledger.violations.isEmpty { break }
        }
        #expect(adversary.cluster.ledger.violations == [], "seed \(seed)")
        let isWhole = adversary.calmDown()
        adversary.compareLogs()
        #expect(isWhole, "seed \(seed) does not come together")
        #expect(adversary.cluster.ledger.violations == [], "seed \(seed), calm")
        #expect(adversary.cluster.ledger.applied.count > 1, "seed \(seed) did nothing")
    }
}

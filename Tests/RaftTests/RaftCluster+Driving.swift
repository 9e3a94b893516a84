import Raft
import Toolbox
import Vocabulary

// Longer moves: until nothing is left to do, or until some time has passed.
extension RaftCluster {
    /// Delivers and syncs in order until the queues are empty.
    mutating func settle() {
        var steps = 0
        while steps < 100_000 {
            steps += 1
            if !wire.isEmpty {
                deliver(at: 0)
            } else if let place = peers.indices.first(where: {
                !peers[$0].isDiskHeld && !peers[$0].operations.isEmpty
            }) {
                sync(place)
            } else {
                return
            }
        }
        ledger.violations.append("never quiet")
    }

    /// Lets `duration` pass, each deadline at its time and everything else at once.
    mutating func advance(_ duration: Duration) {
        let end = now + duration
        settle()
        while let next = nextDeadline, next.at <= end {
            now = max(now, next.at)
            fire(next.place)
            settle()
        }
        now = end
    }

    private var nextDeadline: (at: Instant, place: Int)? {
        var next: (at: Instant, place: Int)?
        for place in peers.indices {
            guard let deadline = peers[place].instance?.nextDeadline else { continue }
            if let known = next, known.at <= deadline { continue }
            next = (deadline, place)
        }
        return next
    }

    /// Makes `place` leader by letting its time-out come first.
    mutating func elect(_ place: Int) {
        fire(place)
        settle()
    }

    var leaders: [Int] { peers.indices.filter { peers[$0].instance?.isLeader == true } }

    /// The leader of the greatest term.
    var leader: Int? {
        leaders.max { left, right in
            (peers[left].instance?.term ?? .zero) < (peers[right].instance?.term ?? .zero)
        }
    }

    func instance(_ place: Int) -> RaftInstance {
        guard let instance = peers[place].instance else { unreachable("n\(place + 1) is down") }
        return instance
    }

    func terms(_ place: Int) -> [UInt64] {
        let instance = instance(place)
        return instance.entries(from: instance.firstIndex, through: instance.lastIndex)
            .map(\.term.rawValue)
    }

    mutating func cutOff(_ place: Int) {
        for other in peers.indices where other != place { cutBothWays(place, other) }
    }

    mutating func cut(from: Int, to: Int) {
        cut.insert(Link(from: n(UInt16(from + 1)), to: n(UInt16(to + 1))))
    }

    mutating func cutBothWays(_ one: Int, _ other: Int) {
        cut(from: one, to: other)
        cut(from: other, to: one)
    }

    mutating func heal() { cut = [] }

    /// Everybody learns that the process of `place` is gone.
    mutating func reportRefusal(of place: Int) {
        for other in peers.indices where other != place {
            step(other) { $0.peerRefusedConnection(n(UInt16(place + 1)), at: $1, into: &$2) }
        }
    }
}

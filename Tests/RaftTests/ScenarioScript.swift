import Raft
import Toolbox
import Vocabulary

/// A scenario as text: comments, commands, a rule, and what they lead to.
///
/// Commands, one per line or separated by `;`:
/// `cluster 3 [seed]`, `fire n1` (its deadline comes), `deliver [k]`, `lose [k]`, `settle`,
/// `elect n1` (told in short), `advance 500` (milliseconds), `wait 500` (nobody looks at the
/// clock), `propose n1 a b`, `read n1 r1`, `hold n1`, `release n1`, `sync n1`, `crash n1 [k]` (k
/// unsynced writes survive), `restart n1`, `refuse n1` (all learn that its process is gone),
/// `isolate n1`, `cut n1 n2`, `heal`, `compact n1 k`, `show`, `wipe n1`, `learner n1 n4`, `promote
/// n1 n4`, `demote n1 n2`, `remove n1 n2`, `voters n1 n2 n3` (all said to n1), `transfer n1 n2`.
/// `cluster 3 2` has two nodes more that know of no group. Heartbeats are left out of the
/// transcript.
struct ScenarioScript {
    struct Failure: Error { let line: String }

    private var cluster = RaftCluster(3)

    static let rule = "---"

    /// The lines that `script` leads to.
    static func run(_ script: String) throws -> [String] {
        var runner = ScenarioScript()
        runner.cluster.transcript = []
        for line in script.split(separator: "\n") where !line.hasPrefix("#") {
            for command in line.split(separator: ";") {
                let words = command.split(separator: " ").map(String.init)
                guard let verb = words.first else { continue }
                runner.cluster.note { "> \(words.joined(separator: " "))" }
                guard try runner.perform(verb, Array(words.dropFirst())) else {
                    throw Failure(line: String(command))
                }
            }
        }
        let violations = runner.cluster.ledger.violations.map { "VIOLATION \($0)" }
        return (runner.cluster.transcript ?? []).filter { !$0.contains("heartbeat") } + violations
    }

    private mutating func perform(_ verb: String, _ words: [String]) throws -> Bool {
        let number = words.compactMap(Int.init).last
        switch verb {
        case "cluster":
            let numbers = words.compactMap(Int.init)
            let spares = numbers.count > 1 ? numbers[1] : 0
            cluster = RaftCluster(numbers.first ?? 3, spares: spares)
            cluster.transcript = ["> cluster \(list(numbers))"]
        case "deliver":
            for _ in 0..<(number ?? 1) where !cluster.wire.isEmpty { cluster.deliver(at: 0) }
        case "lose":
            for _ in 0..<(number ?? 1) where !cluster.wire.isEmpty { cluster.lose(at: 0) }
        case "settle": cluster.settle()
        case "advance": cluster.advance(.milliseconds(number ?? 0))
        case "wait": cluster.now = cluster.now + .milliseconds(number ?? 0)
        case "heal": cluster.heal()
        case "show": for place in cluster.peers.indices { show(place) }
        default:
            guard let place = try words.first.map(place) else { return false }
            return try perform(verb, at: place, Array(words.dropFirst()))
        }
        return true
    }

    private mutating func perform(
        _ verb: String, at place: Int, _ words: [String]
    ) throws -> Bool {
        let number = words.compactMap(Int.init).last
        switch verb {
        case "fire": cluster.fire(place)
        case "elect":
            let transcript = cluster.transcript
            cluster.elect(place)
            cluster.transcript = transcript
        case "propose":
            let outcome = cluster.propose(place, words.map { Bytes($0) })
            if case .refused(let refusal) = outcome {
                cluster.note { "n\(place + 1) refuses: \(refusal)" }
            }
        case "read":
            guard let digits = words.first?.dropFirst(), let id = UInt64(digits) else {
                return false
            }
            cluster.read(place, RequestID(id))
        case "hold": cluster.peers[place].isDiskHeld = true
        case "release": cluster.peers[place].isDiskHeld = false
        case "sync": cluster.sync(place)
        case "crash": cluster.crash(place, surviving: number ?? 0)
        case "restart": cluster.start(place)
        case "refuse": cluster.reportRefusal(of: place)
        case "isolate": cluster.cutOff(place)
        case "cut":
            guard let other = try words.first.map(self.place) else { return false }
            cluster.cut(from: place, to: other)
        case "compact": cluster.compact(place, keeping: number ?? 0)
        case "wipe": cluster.wipe(place)
        default: return try change(verb, at: place, try words.map(self.place))
        }
        return true
    }

    private mutating func change(_ verb: String, at place: Int, _ others: [Int]) throws -> Bool {
        guard let other = others.first else { return false }
        let node = cluster.peers[other].node
        let change: MembershipChange
        switch verb {
        case "learner": change = .addLearner(cluster.peers[other].member)
        case "promote": change = .promote(node)
        case "demote": change = .demote(node)
        case "remove": change = .remove(node)
        case "voters": change = .setVoters(others.map { cluster.peers[$0].node })
        case "transfer":
            let outcome = cluster.transfer(place, to: other)
            if case .refused(let refusal) = outcome {
                cluster.note { "n\(place + 1) refuses: \(refusal)" }
            }
            return true
        default: return false
        }
        if case .refused(let refusal) = cluster.change(place, change) {
            cluster.note { "n\(place + 1) refuses: \(refusal)" }
        }
        return true
    }

    private func place(_ word: String) throws -> Int {
        guard word.hasPrefix("n"), let number = Int(word.dropFirst()), number >= 1,
            number <= cluster.peers.count
        else { throw Failure(line: word) }
        return number - 1
    }

    private mutating func show(_ place: Int) {
        guard let instance = cluster.peers[place].instance else {
            cluster.note { "n\(place + 1) is down" }
            return
        }
        let terms = cluster.terms(place).map(String.init).joined(separator: " ")
        let dropped =
            instance.firstIndex == LogIndex(1) ? "" : "…\(instance.firstIndex.previous) "
        cluster.note {
            "n\(place + 1) \(instance.role) \(instance.term) log [\(dropped)\(terms)]"
                + " commit \(instance.commitIndex) durable \(instance.durableIndex)"
        }
    }
}

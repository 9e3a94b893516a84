import Glibc
import Simulator
import VirtualWorld

/// Spreads seeds over two worker processes, one per processor, and gathers what they say.
struct Supervisor {
    /// What was found at one seed.
    struct Finding {
        let seed: UInt64
        var lines: [String]

        /// Who found it: the name before the first colon, or that a promise of the code's own
        /// broke.
        var checker: String {
            guard let line = lines.first else { return "" }
            let name = line.split(separator: ":").first.map(String.init) ?? ""
            return name.contains(" ") ? "an invariant in the code" : name
        }
    }

    let options: Options
    private var workers: [WorkerProcess] = []
    private(set) var findings: [Finding] = []
    private var seedsCount = 0
    private var simulatedNanoseconds: Int64 = 0
    private var acceptedCount = 0
    private var faultsCount = 0
    private var coordinationCount: Int64 = 0
    private var eventsCount: Int64 = 0
    private let began: timespec
    private let workersCount: UInt64

    init(_ options: Options) {
        self.options = options
        began = Self.now()
        let count = options.seeds.upperBound - options.seeds.lowerBound
        workersCount = count > 0 ? 2 : 1
    }

    /// - Returns: whether no seed failed.
    mutating func run() throws(OptionsFailure) -> Bool {
        for worker in 0..<workersCount {
            workers.append(
                try WorkerProcess.start(
                    options, from: options.seeds.lowerBound + worker, stride: workersCount))
        }
        while !workers.isEmpty {
            var waits = workers.map {
                pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0)
            }
            poll(&waits, nfds_t(waits.count), -1)
            for index in waits.indices.reversed() where waits[index].revents != 0 {
                if let lines = workers[index].readLines() {
                    for line in lines { take(line, from: index) }
                } else {
                    try end(index)
                }
            }
            if !findings.isEmpty, !options.keepsGoing, hasEnded { stopAll() }
        }
        return findings.isEmpty
    }

    /// Whether the first seed that fails is known, and has told its failure whole: no worker is
    /// still before it.
    private var hasEnded: Bool {
        guard let lowest = findings.lazy.map(\.seed).min() else { return false }
        return workers.allSatisfy {
            $0.seed > lowest || $0.seed == lowest && $0.isSeedDone
        }
    }

    /// Of the lowest seed.
    var firstFinding: Finding? { findings.min { $0.seed < $1.seed } }

    private mutating func stopAll() {
        for worker in workers {
            worker.stop()
            _ = worker.reap()
        }
        workers = []
    }

    private mutating func take(_ line: String, from index: Int) {
        let words = line.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, let seed = UInt64(words[1]) else {
            return print(line)
        }
        switch words[0] {
        case "begin":
            workers[index].seed = seed
            workers[index].isSeedDone = false
        case "good":
            workers[index].isSeedDone = true
            count(line.split(separator: " ").dropFirst(2).compactMap { Int64($0) })
        case "bad": note(seed, words.count > 2 ? String(words[2]) : "")
        case "tail": note(seed, "  | " + (words.count > 2 ? String(words[2]) : ""))
        case "end": workers[index].isSeedDone = true
        default: print(line)
        }
    }

    private mutating func note(_ seed: UInt64, _ line: String) {
        if let last = findings.indices.last(where: { findings[$0].seed == seed }) {
            findings[last].lines.append(line)
        } else {
            findings.append(Finding(seed: seed, lines: [line]))
        }
    }

    private mutating func count(_ numbers: [Int64]) {
        guard numbers.count >= 7 else { return }
        seedsCount += 1
        simulatedNanoseconds += numbers[0]
        eventsCount += numbers[1]
        acceptedCount += Int(numbers[2])
        faultsCount += Int(numbers[4])
        coordinationCount += numbers[6]
    }

    /// A worker is done, or a broken promise has ended it.
    private mutating func end(_ index: Int) throws(OptionsFailure) {
        let worker = workers.remove(at: index)
        guard let signal = worker.reap() else { return }
        note(worker.seed, "the process ended by signal \(signal); what it said stands above")
        let (next, hasOverflowed) = worker.seed.addingReportingOverflow(workersCount)
        if options.keepsGoing, !hasOverflowed, next <= worker.last {
            workers.append(try WorkerProcess.start(options, from: next, stride: workersCount))
        }
    }

    // MARK: Telling

    func report() {
        for finding in findings {
            print("seed \(finding.seed) failed:")
            for line in finding.lines { print("  \(line)") }
            let kind = options.subject.options(plan: options.plan).joined(separator: " ")
            var hint = "REPRODUCE  scripts/simulate \(kind) --seed 0x"
            hint += String(finding.seed, radix: 16, uppercase: true)
            if let planted = options.planted { hint += " --plant \(planted.name)" }
            print(hint)
        }
        let seconds = max(0.001, Self.seconds(from: began, to: Self.now()))
        let runs = options.isOnce ? "once" : "twice"
        let perMinute = Double(seedsCount) / seconds * 60
        let hours = Double(simulatedNanoseconds) * (options.isOnce ? 1 : 2) / 3.6e12
        print(
            "\(seedsCount) seeds passed (each \(runs)), \(findings.count) failed;"
                + " \(faultsCount) faults, \(eventsCount) events, \(acceptedCount) writes accepted,"
                + " \(coordinationCount) coordination requests answered;"
                + " \(Int(perMinute)) seeds and \(Self.oneDigit(hours / seconds * 60))"
                + " simulated hours a minute")
    }

    private static func oneDigit(_ number: Double) -> String {
        let tenths = Int(number * 10)
        return "\(tenths / 10).\(tenths % 10)"
    }

    private static func now() -> timespec {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time
    }

    private static func seconds(from start: timespec, to end: timespec) -> Double {
        Double(end.tv_sec - start.tv_sec) + Double(end.tv_nsec - start.tv_nsec) / 1e9
    }
}

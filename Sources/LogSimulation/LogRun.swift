import LogStorage
import Toolbox
import Vocabulary
public import VirtualWorld

/// One run: a write-ahead log on a virtual disk, its processes that die and its disk that lies,
/// and what recovery must make of that, from one seed.
public struct LogRun: Sendable {
    let random: SeededRandom
    var chance: SeededRandom
    var writer: RecordWriter
    let settings: LogStorageSettings
    let stepsCount: Int
    var disk = VirtualDisk()
    /// nil until the first process has recovered.
    var log: WriteAheadLog?
    /// What each lane has still to do.
    var logLane: [StorageDirective] = []
    var bulkLane: [StorageDirective] = []
    /// Batches up to here have been reported.
    var acknowledged = StorageToken(.log, number: 0)
    var model = LogModel()
    var histories = SortedMap<ReplicaGroupID, CopyHistory>()
    /// Where the batches of this life stand.
    var batches = BatchPlaces()
    var life: UInt64 = 0
    var transcript: Transcript
    var step: Int64 = 0
    var violations: [Violation] = []
    private(set) var writesCount = 0
    var faultsCount = 0

    /// - Parameter planted: a mistake to make on purpose, as `PlantedStorageFault` names it; it is
    ///   made only by builds with `PLANTED_FAULTS`.
    public init(
        seed: UInt64, detail: Transcript.Detail = .hashOnly, planted: String? = nil
    ) {
        let chance = Chance(seed: seed)
        random = chance.stream(.node)
        self.chance = chance.stream(.disk)
        writer = RecordWriter(random: chance.stream(.client))
        var draw = chance.stream(.settings)
        var settings = LogStorageSettings()
        settings.segmentBytes = draw.choice(of: [4 << 10, 8 << 10, 16 << 10])
        settings.batchBytesMaximum = draw.choice(of: [512, 2 << 10])
        settings.spareSegments = draw.below(3)
        #if PLANTED_FAULTS
            settings.plantedFault = planted.flatMap { PlantedStorageFault(rawValue: $0) }
        #endif
        self.settings = settings
        stepsCount = draw.within(200...1_000)
        transcript = Transcript(detail: detail)
    }

    var now: WorldTime { WorldTime(nanoseconds: step) }

    /// Runs to the end, or to the first broken promise.
    public mutating func run() -> LogRunResult {
        recover(after: .kill)
        while step < stepsCount, violations.isEmpty {
            step += 1
            act()
        }
        if violations.isEmpty { crash(.kill) }
        return LogRunResult(
            violations: violations, traceHash: transcript.hash, stepsCount: Int(step),
            writesCount: writesCount, livesCount: Int(life), faultsCount: faultsCount,
            tail: transcript.tail)
    }

    private mutating func act() {
        transcript.mix(UInt64(step), UInt64(logLane.count) << 32 | UInt64(bulkLane.count))
        switch chance.below(48) {
        case 0...11: append()
        case 12...20: flush()
        case 21...34: performOne(\.logLane)
        case 35...38: performOne(\.bulkLane)
        case 39: _ = log?.maintain(into: &bulkLane)
        case 40: if log?.isFlushing == false, logLane.isEmpty { confirm() }
        case 41...43: while !logLane.isEmpty { performOne(\.logLane) }
        default: if chance.chance(0.15) { strike() }
        }
    }

    private mutating func append() {
        for record in writer.next(after: model.groups) {
            guard let token = log?.append(record) else { return }
            writesCount += 1
            model.append(record, token: token)
            histories[record.group, default: CopyHistory()].apply(record)
        }
    }

    mutating func flush() {
        // What recovery asked for comes before anything else.
        guard acknowledged > StorageToken(.log, number: 0) else { return }
        var directives: [StorageDirective] = []
        guard let token = log?.flush(into: &directives) else { return }
        batches.note(directives, of: token)
        logLane += directives
    }

    mutating func confirm() {
        guard acknowledged > StorageToken(.log, number: 0) else { return }
        log?.confirm(into: &logLane)
    }

    mutating func performOne(_ lane: WritableKeyPath<LogRun, [StorageDirective]>) {
        guard !self[keyPath: lane].isEmpty else { return }
        let directive = self[keyPath: lane].removeFirst()
        transcript.note(now, "\(directive)")
        guard case .complete(let token) = directive else {
            guard !disk.perform(directive) else { return }
            return noteViolation("DiskIsUsedRightly", "no such file: \(directive)")
        }
        log?.didComplete(token)
        if token.purpose == .log { acknowledged = token }
    }

    mutating func noteViolation(_ checker: String, _ detail: String) {
        violations.append(Violation(checker, "step \(step): \(detail)"))
    }
}

/// What came of a run.
public struct LogRunResult: Sendable {
    public let violations: [Violation]
    /// The same for every run of this seed by this program.
    public let traceHash: UInt64
    public let stepsCount: Int
    public let writesCount: Int
    /// Processes that recovered.
    public let livesCount: Int
    public let faultsCount: Int
    /// The last lines of the transcript, if any were kept.
    public let tail: [String]

    public var isGood: Bool { violations.isEmpty }
}

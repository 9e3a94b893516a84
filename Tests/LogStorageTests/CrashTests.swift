import LogStorage
import Testing
import Toolbox
import Vocabulary

/// A log whose disk may stop between any two directives, against the model.
private struct CrashingLog {
    private var random: SeededRandom
    private let settings: LogStorageSettings
    private var disk = VirtualDisk()
    private var model = LogModel()
    private var log: WriteAheadLog
    /// What each lane has still to do.
    private var logLane: [StorageDirective] = []
    private var bulkLane: [StorageDirective] = []
    /// Batches up to here have been reported.
    private var acknowledged = StorageToken(.log, number: 0)
    private(set) var crashes = 0
    private(set) var rotations = 0

    init(seed: UInt64) throws {
        random = SeededRandom(seed: seed)
        settings = smallSettings(
            segmentBytes: [4_096, 8_192][random.below(2)],
            batchBytes: [512, 2_048][random.below(2)])
        let recovery = try WriteAheadLog.recover(
            from: StoredFiles(disk.content), identity: testIdentity, settings: settings,
            random: SeededRandom(seed: 1))
        log = recovery.log
        logLane = recovery.directives
    }

    mutating func run(steps: Int) throws {
        for _ in 0..<steps {
            switch random.below(40) {
            case 0...9: appendSomething()
            case 10...18:
                let before = log.segmentsCount
                _ = log.flush(into: &logLane)
                if log.segmentsCount > before { rotations += 1 }
            case 19...31: performOne(\.logLane)
            case 32...35: performOne(\.bulkLane)
            case 36: _ = log.maintain(into: &bulkLane)
            case 37: log.confirm(into: &logLane)
            case 38: while !logLane.isEmpty { performOne(\.logLane) }
            default: if random.below(6) == 0 { try crash() }
            }
        }
        try crash()
    }

    private mutating func performOne(_ lane: WritableKeyPath<CrashingLog, [StorageDirective]>) {
        guard !self[keyPath: lane].isEmpty,
            let token = disk.perform(self[keyPath: lane].removeFirst())
        else { return }
        log.didComplete(token)
        if token.purpose == .log { acknowledged = token }
    }

    private mutating func crash() throws {
        crashes += 1
        if random.below(2) == 0 { disk.cutPower(&random) }
        logLane = []
        bulkLane = []
        let recovery = try WriteAheadLog.recover(
            from: StoredFiles(disk.content), identity: testIdentity, settings: settings,
            random: SeededRandom(seed: 1))
        let survivor = try #require(
            candidates.last { model.groups(through: $0).essence == recovery.groups.essence },
            "not a prefix that includes all that was acknowledged")
        model.keep(through: survivor, acknowledged: acknowledged, tail: recovery.token)
        log = recovery.log
        acknowledged = StorageToken(.log, number: 0)
        logLane = recovery.directives
        try checkRetained(recovery.groups)
    }

    /// The batches that recovery may end with.
    private var candidates: [StorageToken] {
        var tokens = [acknowledged]
        for (token, _) in model.records where token > acknowledged && token != tokens.last {
            tokens.append(token)
        }
        return tokens
    }

    private func checkRetained(_ groups: SortedMap<ReplicaGroupID, RecoveredGroup>) throws {
        for (_, group) in groups {
            var expected = group.baseIndex.next
            for entry in group.retained + group.entries {
                try #require(entry.index == expected)
                expected = expected.next
            }
            if !group.retained.isEmpty {
                #expect(group.retained.last?.index == group.snapshot?.index)
            }
        }
    }

    private mutating func appendSomething() {
        let id = ReplicaGroupID(UInt32(1 + random.below(3)))
        let group = model.groups[id] ?? RecoveredGroup()
        let base = group.snapshot?.index ?? .zero
        let last = group.entries.last?.index ?? base
        switch random.below(13) {
        case 12:
            guard random.below(3) == 0 else { return }
            if random.below(2) == 0 {
                append(.replicaRemoved(id))
            } else {
                append(.replicaCreated(id, ReplicaID(random.next() | 1)))
            }
        case 0, 1:
            let vote = random.below(2) == 0 ? nil : NodeID(UInt16(random.below(3)))
            append(.hardState(id, term: group.term.next, vote: vote))
        case 2:
            guard last > base else { return }
            let index = base.advanced(by: 1 + random.below(base.distance(to: last)))
            let term = group.entries.first { $0.index == index }?.term ?? .zero
            append(snapshot(id, at: index.rawValue, term: term.rawValue))
        case 3:
            guard random.below(4) == 0 else { return }
            let index = last.rawValue + UInt64(random.below(5))
            guard index > 0 else { return }
            append(snapshot(id, at: index, term: group.term.rawValue + 50))
        case 4:
            if base > .zero {
                append(.compacted(id, through: LogIndex(1 + random.below(base.rawValue))))
            }
        default:
            let back = random.below(4) == 0 ? random.below(base.distance(to: last) + 1) : 0
            let first = last.rawValue + 1 - UInt64(back)
            let count = UInt64(1 + random.below(random.below(10) == 0 ? 60 : 5))
            append(
                .entries(
                    id,
                    entries(
                        first...first + count - 1, term: group.term.rawValue,
                        bytes: random.below(120))))
        }
    }

    /// The model learns which piece of a record went into which batch from the log's own bound.
    private mutating func append(_ record: WriteAheadLogRecord) {
        guard case .entries(let group, let entries) = record else {
            model.append(record, token: log.append(record))
            return
        }
        // One by one, so that a record never spans batches and the model stays naive.
        var start = 0
        while start < entries.count {
            let end = min(entries.count, start + 2)
            let piece = WriteAheadLogRecord.entries(group, Array(entries[start..<end]))
            model.append(piece, token: log.append(piece))
            start = end
        }
    }
}

@Suite("Whatever is lost in a crash, a prefix with all that was acknowledged is left")
struct CrashTests {
    @Test(arguments: 0..<16) func randomCrashes(block: UInt64) throws {
        var crashes = 0
        var rotations = 0
        for seed in block * 12..<(block + 1) * 12 {
            var log = try CrashingLog(seed: seed)
            do {
                try log.run(steps: 700)
            } catch {
                Issue.record("seed \(seed): \(error)")
            }
            crashes += log.crashes
            rotations += log.rotations
        }
        #expect(crashes > 20)
        #expect(rotations > 10)
    }

    @Test func aCrashAtEveryDirectiveOfARotation() throws {
        var disk = try LoggedDisk()
        var index: UInt64 = 1
        var directives: [StorageDirective] = []
        var token = disk.recovery.token
        while true {
            disk.log.append(.entries(g1, entries(index...index, bytes: 400)))
            index += 1
            directives = []
            let flushed = disk.log.flush(into: &directives)
            token = try #require(flushed)
            if directives.count > 3 { break }
            disk.disk.perform(all: directives)
            disk.log.didComplete(token)
        }
        for count in 0...directives.count {
            for seed in 0..<40 {
                var random = SeededRandom(seed: UInt64(seed))
                var crashed = disk
                crashed.disk.perform(all: Array(directives.prefix(count)))
                if seed > 0 { crashed.disk.cutPower(&random) }
                let found = try crashed.restarted().recovery.groups[g1]?.entries ?? []
                let all = entries(1...index - 1, bytes: 400)
                let isDone = count == directives.count
                #expect(found == all || (!isDone && found == all.dropLast()))
            }
        }
    }

    @Test func aCrashAtEveryDirectiveOfUpkeep() throws {
        var disk = try LoggedDisk()
        var index: UInt64 = 1
        while disk.log.segmentsCount < 4 {
            disk.write(.entries(g1, entries(index...index, bytes: 400)))
            index += 1
        }
        disk.write(snapshot(g1, at: index - 2), .entries(g2, entries(1...2)))
        var directives: [StorageDirective] = []
        _ = disk.log.maintain(into: &directives)
        #expect(directives.count > 4)
        for count in 0...directives.count {
            for seed in 0..<20 {
                var random = SeededRandom(seed: UInt64(seed))
                var crashed = disk
                crashed.disk.perform(all: Array(directives.prefix(count)))
                crashed.disk.cutPower(&random)
                let groups = try crashed.restarted().recovery.groups
                #expect(groups[g1]?.entries == entries(index - 1...index - 1, bytes: 400))
                #expect(groups[g2]?.entries == entries(1...2))
            }
        }
    }
}

import Glibc
import LogStorage
import NodeRuntime
import SystemIO
import Testing
import Toolbox
import Vocabulary

private enum Letter: DiskReportCarrying, Equatable {
    case disk(DiskReport)
    init(_ report: DiskReport) { self = .disk(report) }
}

/// A data directory of its own, gone with the value.
private struct DataDirectory: ~Copyable {
    let folder = Folder("/tmp/rookery-disk-\(SystemRandom.seed())")

    init() throws { try folder.create() }

    deinit {
        do {
            for name in try folder.names() { try folder.remove(name) }
        } catch {
            print("left behind: \(folder.path): \(error)")
        }
        rmdir(folder.path)
    }
}

@Suite("A disk worker")
struct DiskWorkerTests {
    private let group = ReplicaGroupID(1)
    private let identity = LogIdentity(cluster: 1, node: NodeID(1), incarnation: Incarnation(1))

    private func settings() -> LogStorageSettings {
        var settings = LogStorageSettings()
        settings.segmentBytes = 64 << 10
        settings.batchBytesMaximum = 8 << 10
        return settings
    }

    private func entries(_ indices: ClosedRange<UInt64>) -> [LogEntry] {
        indices.map { index in
            LogEntry(
                index: LogIndex(index), term: Term(1), kind: .command,
                payload: Bytes([UInt8](repeating: UInt8(truncatingIfNeeded: index), count: 900)))
        }
    }

    /// Posts, and waits for the first report.
    private func next(_ reports: Mailbox<Letter>) -> ContiguousArray<Letter> {
        var letters = ContiguousArray<Letter>()
        reports.receive(into: &letters)
        return letters
    }

    @Test func aLogWrittenByItIsReadBack() throws {
        let data = try DataDirectory()
        let reports = try Mailbox<Letter>()
        let worker = try DiskWorker(folder: data.folder, reports: reports)
        let thread = try WorkerThread.start(name: "disk", worker)

        for life in UInt64(0)..<3 {
            let files = try StoredFiles(in: data.folder)
            let recovery = try WriteAheadLog.recover(
                from: files, identity: identity, settings: settings(),
                random: SeededRandom(seed: life))
            #expect(recovery.isNew == (life == 0))
            let expected = life == 0 ? [] : entries(1...life * 200)
            #expect((recovery.groups[group]?.entries ?? []) == expected)

            var log = recovery.log
            worker.perform(recovery.directives)
            #expect(next(reports) == [.disk(.completed(recovery.token))])
            log.didComplete(recovery.token)
            for index in life * 200 + 1...life * 200 + 200 {
                log.append(.entries(group, entries(index...index)))
                var directives: [StorageDirective] = []
                let token = log.flush(into: &directives)
                worker.perform(directives)
                let flushed = try #require(token)
                #expect(next(reports) == [.disk(.completed(flushed))])
                log.didComplete(flushed)
                var upkeep: [StorageDirective] = []
                if let token = log.maintain(into: &upkeep) {
                    worker.perform(upkeep)
                    #expect(next(reports) == [.disk(.completed(token))])
                    log.didComplete(token)
                }
            }
        }
        worker.stop()
        thread.join()
    }

    @Test func aSnapshotIsSavedAndReadBack() throws {
        let data = try DataDirectory()
        let reports = try Mailbox<Letter>()
        let worker = try DiskWorker(folder: data.folder, reports: reports)
        let thread = try WorkerThread.start(name: "disk", worker)
        let snapshot = SnapshotFile(
            cluster: 1, group: group, index: LogIndex(7), term: Term(2), configuration: "n1",
            body: ["one", "two"])
        var directives: [StorageDirective] = []
        let token = StorageToken(.snapshot, number: 1)
        snapshot.save(reporting: token, into: &directives)
        worker.perform(directives)
        #expect(next(reports) == [.disk(.completed(token))])
        #expect(try data.folder.names() == ["snapshot-1-7"])
        let bytes = try data.folder.read("snapshot-1-7")
        let read = try SnapshotFile.decode(bytes, file: snapshot.name, cluster: 1)
        #expect(read.body == ["onetwo"])
        #expect(try StoredFiles(in: data.folder).contents.keys == [snapshot.name])
        worker.stop()
        thread.join()
    }

    @Test func aFailureEndsTheLane() throws {
        let data = try DataDirectory()
        let reports = try Mailbox<Letter>()
        let worker = try DiskWorker(folder: data.folder, reports: reports)
        let thread = try WorkerThread.start(name: "disk", worker)
        let missing = try #require(FileName("missing"))
        let other = try #require(FileName("other"))
        worker.perform([
            .create(other, zeroFilledBytes: 10), .synchronize(missing),
            .complete(StorageToken(.log, number: 1)),
        ])
        worker.perform([.remove(other), .complete(StorageToken(.log, number: 2))])
        thread.join()
        let letters = next(reports)
        #expect(letters.count == 1)
        guard case .disk(.failed(let failure)) = letters[0] else {
            Issue.record("\(letters)")
            return
        }
        #expect(failure.isMissing)
        #expect(failure.subject == data.folder.path(of: "missing"))
        #expect(try data.folder.names() == ["other"])
    }

    @Test func aRenamedFileIsWrittenUnderItsNewName() throws {
        let data = try DataDirectory()
        var lane = DiskLane(folder: data.folder)
        let names = try ["a", "b", "c"].map { try #require(FileName($0)) }
        let directives: [StorageDirective] = [
            .create(names[0], zeroFilledBytes: 4), .create(names[1], zeroFilledBytes: 4),
            .write(names[1], offset: 0, "old"), .rename(names[1], to: names[2]),
            .write(names[2], offset: 1, "new"), .rename(names[0], to: names[2]),
            .write(names[2], offset: 2, "x"), .synchronize(names[2]), .remove(names[2]),
            .remove(names[2]), .create(names[2], zeroFilledBytes: 2), .synchronizeDirectory,
        ]
        for directive in directives.prefix(5) { _ = try lane.perform(directive) }
        #expect(try data.folder.read("c") == "onew")
        for directive in directives[5...7] { _ = try lane.perform(directive) }
        #expect(try data.folder.read("c").array == [0, 0, UInt8(ascii: "x"), 0])
        for directive in directives[8...] { _ = try lane.perform(directive) }
        #expect(try data.folder.read("c").array == [0, 0])
    }
}

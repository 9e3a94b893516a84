import LogStorage
import Raft
import Replication
import Toolbox
import Vocabulary

/// The disk: the log's batches, snapshot files, and who waits for them.
extension NodeInstance {
    /// One write and one sync for everything recorded since the last flush.
    mutating func flushLog(into directives: inout [NodeDirective]) {
        var storage: [StorageDirective] = []
        _ = log.flush(into: &storage)
        if !storage.isEmpty { directives.append(.storage(.log, storage)) }
    }

    /// Recycles what nobody needs, and asks groups that hold the log's tail to let go of it.
    mutating func maintainLog(at moment: Moment, into directives: inout [NodeDirective]) {
        guard isReady else { return }
        var storage: [StorageDirective] = []
        _ = log.maintain(into: &storage)
        if !storage.isEmpty { directives.append(.storage(.bulk, storage)) }
        guard log.segmentsCount > plan.settings.logSegmentsMaximum else { return }
        let groups = log.groupsToSnapshot(keepingSegments: plan.settings.logSegmentsMaximum)
        for group in groups { drive(group, .snapshotWanted, at: moment, into: &directives) }
    }

    mutating func storageCompleted(
        _ token: StorageToken, at moment: Moment, into directives: inout [NodeDirective]
    ) {
        switch token.purpose {
        case .log:
            log.didComplete(token)
            if token >= startToken { isReady = true }
            recordsAreDurable(through: token, at: moment, into: &directives)
            for (group, awaited) in durability.take(through: token) {
                drive(group, .recordsPersisted(awaited), at: moment, into: &directives)
                removeObsoleteSnapshot(of: group, awaited, into: &directives)
            }
            if token == startToken { timeDidAdvance(to: moment, into: &directives) }
            if isReady, !leftovers.isEmpty { removeLeftovers(into: &directives) }
        case .upkeep: log.didComplete(token)
        case .snapshot:
            guard let (material, replica) = saving.removeValue(forKey: token) else { return }
            let file = snapshotFile(of: material).name
            guard replicas.raft(of: material.group)?.identity.replica == replica else {
                // The copy went while its snapshot was saved.
                if snapshotFiles[material.group] != file {
                    directives.append(.storage(.bulk, [.remove(file), .synchronizeDirectory]))
                }
                return
            }
            #if PLANTED_FAULTS
                if plan.settings.plantedFault == .snapshotRemovedTooEarly,
                    let before = snapshotFiles[material.group], before != file
                {
                    directives.append(.storage(.bulk, [.remove(before), .synchronizeDirectory]))
                }
            #endif
            directives.append(
                .observe(
                    .snapshotKept(
                        material.group, material.position.index, bytes: material.body.count)))
            drive(material.group, .snapshotSaved(material, as: file), at: moment, into: &directives)
        }
    }

    /// Snapshots that the log no longer names go when it says so durably: what a process reads at
    /// its start may be in the kernel's memory only, and a power cut would bring the log back that
    /// names them.
    mutating func removeLeftovers(into directives: inout [NodeDirective]) {
        directives.append(
            .storage(.bulk, leftovers.map(StorageDirective.remove) + [.synchronizeDirectory]))
        leftovers = []
    }

    mutating func save(_ material: SnapshotMaterial, into directives: inout [NodeDirective]) {
        guard let replica = replicas.raft(of: material.group)?.identity.replica else { return }
        lastSnapshotToken += 1
        let token = StorageToken(.snapshot, number: lastSnapshotToken)
        saving[token] = (material, replica)
        var storage: [StorageDirective] = []
        snapshotFile(of: material).save(reporting: token, into: &storage)
        directives.append(.storage(.bulk, storage))
    }

    private func snapshotFile(of material: SnapshotMaterial) -> SnapshotFile {
        SnapshotFile(
            cluster: LogIdentity.hash(ofClusterName: plan.cluster), group: material.group,
            index: material.position.index, term: material.position.term,
            configuration: material.configuration.encoded(), body: [material.body])
    }

    /// Once the log names the new snapshot, the one before may go.
    private mutating func removeObsoleteSnapshot(
        of group: ReplicaGroupID, _ awaited: AwaitedRecords,
        into directives: inout [NodeDirective]
    ) {
        switch awaited {
        case .write: return
        case .arrived(let position):
            // What the snapshot skipped was never seen here, so it can not be streamed either.
            let applied = replicas.applied(of: group)
            publishers.update(group) { $0.restart(at: applied) }
            replaceSnapshotFile(of: group, by: position, into: &directives)
        case .kept(let position):
            replaceSnapshotFile(of: group, by: position, into: &directives)
        }
    }

    /// The log names the newest snapshot, whichever was saved last: the other file may go.
    private mutating func replaceSnapshotFile(
        of group: ReplicaGroupID, by position: SnapshotPosition,
        into directives: inout [NodeDirective]
    ) {
        let saved = SnapshotFile.name(group: group, index: position.index)
        guard let before = snapshotFiles[group], before != saved else {
            snapshotFiles[group] = saved
            return
        }
        let indexBefore = SnapshotFile.identify(before)?.index ?? .zero
        let isNewer = position.index > indexBefore
        if isNewer { snapshotFiles[group] = saved }
        directives.append(
            .storage(.bulk, [.remove(isNewer ? before : saved), .synchronizeDirectory]))
    }
}

/// Replicas that wait for the log to be durable, in the order of its batches.
struct DurabilityQueue: Sendable {
    private struct Wait: Sendable {
        var token: StorageToken
        var group: ReplicaGroupID
        var awaited: AwaitedRecords
        var since: Instant
    }

    private var waiting: [Wait] = []
    private var head = 0

    mutating func wait(
        _ group: ReplicaGroupID, _ awaited: AwaitedRecords, until token: StorageToken,
        at now: Instant
    ) {
        var since = now
        // A later write of the same group in the same batch stands for the earlier one.
        if let last = waiting.last, waiting.count > head, last.token == token, last.group == group,
            case .write = last.awaited, case .write = awaited
        {
            since = last.since
            waiting.removeLast()
        }
        waiting.append(Wait(token: token, group: group, awaited: awaited, since: since))
    }

    /// Since when the oldest of them waits; nil if none does.
    var oldestWait: Instant? { head < waiting.count ? waiting[head].since : nil }

    /// The group's copy is gone.
    mutating func forget(_ group: ReplicaGroupID) {
        waiting.removeFirst(head)
        head = 0
        waiting.removeAll { $0.group == group }
    }

    /// Everything that batches up to `token` make durable.
    mutating func take(
        through token: StorageToken
    ) -> [(group: ReplicaGroupID, awaited: AwaitedRecords)] {
        var taken: [(group: ReplicaGroupID, awaited: AwaitedRecords)] = []
        while head < waiting.count, waiting[head].token <= token {
            taken.append((waiting[head].group, waiting[head].awaited))
            head += 1
        }
        if head == waiting.count {
            waiting.removeAll(keepingCapacity: true)
            head = 0
        }
        return taken
    }
}

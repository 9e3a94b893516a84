import LogStorage
import Raft
import ReplicatedState
import Toolbox
import Vocabulary

/// Snapshots that are kept, so that the log may be cut.
extension ReplicaInstance {
    // MARK: Keeping

    /// Begins a snapshot once the log since the last has outgrown it: so the work spent on
    /// snapshots stays in proportion to the work they stand for.
    mutating func keepSnapshotIfDue(into directives: inout [ReplicaDirective]) {
        let isDue =
            snapshots.bytesSince > max(settings.snapshotLogBytes, snapshots.lastBytes)
            || snapshots.entriesSince >= settings.snapshotLogEntries
        if isDue { keepSnapshot(into: &directives) }
    }

    /// Begins one if there is anything new to keep.
    mutating func keepSnapshot(into directives: inout [ReplicaDirective]) {
        guard !snapshots.isKeeping, snapshots.arrival?.restored == nil,
            applied > (raft.snapshotPosition?.index ?? .zero)
        else { return }
        snapshots.isKeeping = true
        snapshots.bytesSince = 0
        snapshots.entriesSince = 0
        directives.append(.encode(.keep(appliedPosition), encodingOfState))
    }

    /// The state as it is now, for a worker.
    var encodingOfState: SnapshotEncoding {
        SnapshotEncoding(
            configuration: raft.configuration(at: applied), time: logTime, state: machine.snapshot)
    }

    var appliedPosition: SnapshotPosition {
        guard let term = raft.term(at: applied) else {
            unreachable("\(group) does not know the term of \(applied), which it has applied")
        }
        return SnapshotPosition(index: applied, term: term)
    }

    mutating func snapshotEncoded(
        _ bytes: Bytes, _ purpose: SnapshotPurpose, at now: Instant,
        into directives: inout [ReplicaDirective]
    ) {
        let stream: SnapshotStream
        do throws(DecodeFailure) {
            stream = try SnapshotStream(encoded: bytes)
        } catch {
            unreachable("\(group) can not read its own snapshot: \(error)")
        }
        switch purpose {
        case .keep(let position):
            directives.append(
                .save(
                    SnapshotMaterial(
                        group: group, position: position, origin: .own,
                        configuration: stream.configuration, body: stream.body)))
        case .transfer(let position): offer(stream, at: position, now, into: &directives)
        }
    }

    /// The file with the snapshot is durable, under `file`.
    mutating func snapshotSaved(
        _ material: SnapshotMaterial, as file: FileName, into directives: inout [ReplicaDirective]
    ) {
        switch material.origin {
        case .own: snapshots.lastBytes = material.body.count
        case .received:
            guard snapshots.arrival?.position == material.position else { return }
            snapshots.arrival?.isRecorded = true
        }
        directives.append(
            .record(
                .snapshotInstalled(
                    group, index: material.position.index, term: material.position.term, file: file)
            ))
        switch material.origin {
        case .own: directives.append(.awaitDurability(.kept(material.position)))
        case .received: directives.append(.awaitDurability(.arrived(material.position)))
        }
    }

    mutating func snapshotIsKept(_ position: SnapshotPosition, at now: Instant) {
        snapshots.isKeeping = false
        guard position.index > (raft.snapshotPosition?.index ?? .zero) else { return }
        raft.snapshotDidSave(position, at: now, into: &raftDirectives)
        let kept = UInt64(settings.keptEntries)
        guard position.index.rawValue > kept else { return }
        raft.compact(through: LogIndex(position.index.rawValue - kept))
    }
}

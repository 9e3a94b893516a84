import LogStorage
import Raft
import Replication
import Toolbox
import Vocabulary

/// What a snapshot file holds that the log names.
struct SnapshotImage: Sendable {
    var configuration: RaftConfiguration
    /// The log's time, then the machine's bytes.
    var body: Bytes
}

extension Recovery {
    /// Reads the snapshots that the log names. A group whose snapshot is damaged or missing starts
    /// over as a new and empty copy.
    mutating func readSnapshots(
        in files: SortedMap<FileName, Bytes>, of plan: NodePlan, random: inout SeededRandom
    ) -> SortedMap<ReplicaGroupID, SnapshotImage> {
        var images: SortedMap<ReplicaGroupID, SnapshotImage> = SortedMap()
        for group in groups.keys {
            guard let reference = groups[group]?.snapshot else { continue }
            do {
                images[group] = try SnapshotImage(
                    reference, in: files,
                    cluster: LogIdentity.hash(ofClusterName: plan.cluster))
            } catch {
                startOver(
                    group, without: reference.file, because: "\(error)", random: &random)
            }
        }
        return images
    }
}

extension SnapshotImage {
    enum Failure: Error, CustomStringConvertible {
        case missing
        case unreadable(LogStorageFailure)
        /// The bytes are whole and yet not of this version.
        case undecodable(DecodeFailure)

        var description: String {
            switch self {
            case .missing: "the file is not there"
            case .unreadable(let failure): "\(failure)"
            case .undecodable(let failure): "no configuration of this version: \(failure)"
            }
        }
    }

    init(
        _ reference: SnapshotReference, in files: SortedMap<FileName, Bytes>,
        cluster: UInt64
    ) throws(Failure) {
        guard let bytes = files[reference.file] else { throw .missing }
        let file: SnapshotFile
        do throws(LogStorageFailure) {
            file = try SnapshotFile.decode(bytes, file: reference.file, cluster: cluster)
        } catch {
            throw .unreadable(error)
        }
        var writer = ByteWriter(reserving: file.bodyBytes)
        for piece in file.body { writer.writeRaw(piece) }
        body = writer.take()
        do throws(DecodeFailure) {
            configuration = try RaftConfiguration(decoding: file.configuration)
        } catch {
            throw .undecodable(error)
        }
    }
}

extension NodeInstance {
    /// Every copy that the log tells of, and an empty one of each group that this node helps to
    /// found.
    mutating func restoreReplicas(
        _ recovery: Recovery, _ images: SortedMap<ReplicaGroupID, SnapshotImage>, seed: UInt64,
        at moment: Moment, into directives: inout [NodeDirective]
    ) throws(NodeStartFailure) {
        for group in plan.groups {
            if let recovered = recovery.groups[group.id], recovered.replica != .none {
                do throws(DecodeFailure) {
                    try restore(group, recovered, images[group.id], seed: seed, at: moment)
                } catch {
                    guard let file = recovered.snapshot?.file else {
                        unreachable("\(group.id): nothing to decode, and yet: \(error)")
                    }
                    guard group.founders != [plan.node] else { throw .snapshot(file, error) }
                    directives.append(.observe(.snapshotUnusable(group.id, file, error)))
                    startOver(group, recovered, seed: seed, at: moment)
                }
            } else if recovery.groups[group.id] != nil {
                // Only a trace is left: the copy was removed.
                removedGroups.insert(group.id)
            } else if group.founders.contains(plan.node) {
                let replica = freshReplica(&random)
                lastRecord = log.append(.replicaCreated(group.id, replica))
                restoreEmpty(group, RecoveredGroup(replica: replica), seed: seed, at: moment)
            }
        }
    }

    /// The snapshot's bytes are whole and yet no state of this version: the group fills a new copy.
    private mutating func startOver(
        _ group: GroupPlan, _ recovered: RecoveredGroup, seed: UInt64, at moment: Moment
    ) {
        let term = max(recovered.term, recovered.snapshot?.term ?? .zero)
        let fresh = RecoveredGroup(replica: freshReplica(&random), term: term)
        log.append(.replicaCreated(group.id, fresh.replica))
        lastRecord = log.append(.hardState(group.id, term: term, vote: nil))
        restoreEmpty(group, fresh, seed: seed, at: moment)
    }

    private mutating func restoreEmpty(
        _ group: GroupPlan, _ recovered: RecoveredGroup, seed: UInt64, at moment: Moment
    ) {
        do throws(DecodeFailure) {
            try restore(group, recovered, nil, seed: seed, at: moment)
        } catch {
            unreachable("\(group.id): an empty copy has nothing to decode: \(error)")
        }
    }

    private mutating func restore(
        _ group: GroupPlan, _ recovered: RecoveredGroup, _ image: SnapshotImage?, seed: UInt64,
        at moment: Moment
    ) throws(DecodeFailure) {
        snapshotFiles[group.id] = recovered.snapshot?.file
        let recovery = ReplicaRecovery(
            raft: RaftRecovery(
                hardState: HardState(term: recovered.term, vote: recovered.vote),
                snapshot: recovered.snapshot.map {
                    SnapshotPosition(index: $0.index, term: $0.term)
                },
                configuration: image?.configuration ?? .empty, entries: recovered.entries),
            snapshotBody: image?.body)
        try addReplica(
            group, RaftMember(node: plan.node, replica: recovered.replica),
            founders: group.founders, recovery, seed: seed, at: moment)
    }
}

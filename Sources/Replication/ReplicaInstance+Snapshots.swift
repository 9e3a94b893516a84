import LogStorage
import Raft
import ReplicatedState
import Toolbox
import Vocabulary

/// Snapshots: kept so that the log may be cut, sent to followers that need what was cut, received.
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
        guard !snapshots.isKeeping, snapshots.arrival == nil,
            applied > (raft.snapshotPosition?.index ?? .zero)
        else { return }
        snapshots.isKeeping = true
        snapshots.bytesSince = 0
        snapshots.entriesSince = 0
        directives.append(.encode(.keep(appliedPosition, time: logTime), machine.snapshot))
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
        switch purpose {
        case .keep(let position, let time):
            directives.append(
                .save(
                    SnapshotMaterial(
                        group: group, position: position, origin: .own,
                        body: CommandEnvelope.wrap(bytes, at: time))))
        case .transfer(let position, let time, let node):
            guard isLeader, snapshots.transfers[node]?.position == position else { return }
            snapshots.transfers.update(node) { $0.body = CommandEnvelope.wrap(bytes, at: time) }
            sendPart(to: node, into: &directives)
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

    // MARK: Sending

    mutating func prepareTransfer(to node: NodeID, into directives: inout [ReplicaDirective]) {
        let position = appliedPosition
        snapshots.transfers[node] = SnapshotState<Machine>.Transfer(
            position: position, body: Bytes(), offset: 0)
        directives.append(
            .encode(.transfer(position, time: logTime, to: node), machine.snapshot))
    }

    private func sendPart(to node: NodeID, into directives: inout [ReplicaDirective]) {
        guard let transfer = snapshots.transfers[node] else { return }
        let end = min(transfer.offset + settings.snapshotPartBytes, transfer.body.count)
        directives.append(
            .sendPart(
                SnapshotPart(
                    position: transfer.position, offset: UInt64(transfer.offset),
                    totalBytes: UInt64(transfer.body.count),
                    bytes: transfer.body.slice(transfer.offset..<end)),
                to: node))
    }

    mutating func receive(
        _ result: SnapshotPartResult, from node: NodeID, at now: Instant,
        into directives: inout [ReplicaDirective]
    ) {
        guard let transfer = snapshots.transfers[node], transfer.position == result.position,
            !transfer.body.isEmpty
        else { return }
        switch result.outcome {
        case .goOn where result.nextOffset < UInt64(transfer.body.count):
            snapshots.transfers.update(node) { $0.offset = Int(result.nextOffset) }
            sendPart(to: node, into: &directives)
        case .goOn: break
        case .done, .refused:
            endTransfer(to: node, succeeded: result.outcome == .done, at: now)
        }
        translate(at: now, into: &directives)
    }

    /// The bulk link to `node` broke: what was under way there starts anew.
    mutating func bulkLinkLost(
        to node: NodeID, at now: Instant, into directives: inout [ReplicaDirective]
    ) {
        if let arrival = snapshots.arrival, arrival.from == node, arrival.restored == nil {
            snapshots.arrival = nil
        }
        guard snapshots.transfers[node] != nil else { return }
        endTransfer(to: node, succeeded: false, at: now)
        translate(at: now, into: &directives)
    }

    private mutating func endTransfer(to node: NodeID, succeeded: Bool, at now: Instant) {
        guard let transfer = snapshots.transfers.removeValue(forKey: node) else { return }
        raft.snapshotSendDidEnd(
            to: Self.member(on: node), position: transfer.position, succeeded: succeeded,
            at: now, into: &raftDirectives)
    }

    // MARK: Receiving

    mutating func receive(
        _ part: SnapshotPart, from node: NodeID, at now: Instant,
        into directives: inout [ReplicaDirective]
    ) {
        guard part.position.index > raft.commitIndex else {
            return answer(part, .done, to: node, into: &directives)
        }
        if part.offset == 0, snapshots.arrival?.restored == nil {
            snapshots.arrival = SnapshotState<Machine>.Arrival(
                from: node, position: part.position, totalBytes: Int(part.totalBytes),
                received: ByteWriter())
        }
        guard var arrival = snapshots.arrival, arrival.from == node,
            arrival.position == part.position, arrival.restored == nil,
            UInt64(arrival.received.count) == part.offset || takesPartsByArrival
        else {
            return answer(part, .refused, to: node, into: &directives)
        }
        snapshots.arrival = nil
        arrival.received.writeRaw(part.bytes)
        if arrival.received.count == arrival.totalBytes {
            finishArrival(&arrival, into: &directives)
        } else {
            answer(part, .goOn, to: node, into: &directives)
            snapshots.arrival = arrival
        }
    }

    private func answer(
        _ part: SnapshotPart, _ outcome: SnapshotPartResult.Outcome, to node: NodeID,
        into directives: inout [ReplicaDirective]
    ) {
        let next = part.offset + UInt64(part.bytes.count)
        directives.append(
            .sendPartResult(
                SnapshotPartResult(position: part.position, nextOffset: next, outcome: outcome),
                to: node))
    }

    private var takesPartsByArrival: Bool {
        #if PLANTED_FAULTS
            settings.plantedFault == .snapshotPartsByArrival
        #else
            false
        #endif
    }

    /// The whole snapshot is here: check that it is a state before anything of it is kept.
    private mutating func finishArrival(
        _ arrival: inout SnapshotState<Machine>.Arrival, into directives: inout [ReplicaDirective]
    ) {
        let body = arrival.received.take()
        do throws(DecodeFailure) {
            let (machine, time) = try Self.restore(body, group: group, limits: limits)
            arrival.restored = SnapshotState<Machine>.Restored(
                machine: machine, logTime: time, bytes: body.count)
        } catch {
            directives.append(.observeSnapshotFailure(from: arrival.from, error))
            directives.append(
                .sendPartResult(
                    SnapshotPartResult(
                        position: arrival.position, nextOffset: 0, outcome: .refused),
                    to: arrival.from))
            return
        }
        snapshots.arrival = arrival
        directives.append(
            .save(
                SnapshotMaterial(
                    group: group, position: arrival.position,
                    origin: .received(from: arrival.from), body: body)))
    }

    /// The snapshot is durable, recorded, and the record is durable: now it may take over.
    mutating func installArrival(
        _ position: SnapshotPosition, at now: Instant, into directives: inout [ReplicaDirective]
    ) {
        guard let arrival = snapshots.arrival, arrival.position == position,
            let restored = arrival.restored
        else { return }
        snapshots.arrival = nil
        let configuration = raft.configuration
        if raft.installSnapshot(
            position, configuration: configuration, at: now, into: &raftDirectives)
        {
            machine = restored.machine
            applied = position.index
            logTime = max(logTime, restored.logTime)
            snapshots.lastBytes = restored.bytes
            snapshots.bytesSince = 0
            snapshots.entriesSince = 0
            while let waiting = pending.removeFirst(decidedAt: position.index, position.term) {
                directives.append(
                    .reply(waiting.requester, waiting.index > position.index ? .lost : .unknown))
            }
        }
        directives.append(
            .sendPartResult(
                SnapshotPartResult(position: position, nextOffset: 0, outcome: .done),
                to: arrival.from))
    }

    static func restore(
        _ body: Bytes, group: ReplicaGroupID, limits: MachineLimits
    ) throws(DecodeFailure) -> (Machine, WallTime) {
        let (time, bytes) = try CommandEnvelope.unwrap(body)
        return (try Machine(group: group, limits: limits, restoring: bytes), time)
    }
}

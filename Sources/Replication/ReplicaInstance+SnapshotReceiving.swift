import LogStorage
import Raft
import ReplicatedState
import Toolbox
import Vocabulary

/// A snapshot that comes in parts and takes the state's place.
extension ReplicaInstance {
    mutating func receive(
        _ part: SnapshotPart, from sender: RaftMember, at now: Instant,
        into directives: inout [ReplicaDirective]
    ) {
        guard part.position.index > raft.commitIndex else {
            return answer(part, .done, next: 0, to: sender, into: &directives)
        }
        if snapshots.arrival?.restored != nil {
            return receiveWhileInstalling(part, from: sender, into: &directives)
        }
        guard part.isIntact else {
            return answer(part, .goOn, next: has(part), to: sender, into: &directives)
        }
        if part.offset == 0, snapshots.arrival?.isOf(part) != true {
            snapshots.arrival = SnapshotState<Machine>.Arrival(
                from: sender, position: part.position, totalBytes: part.totalBytes,
                checksum: part.checksum, lastPart: now)
        }
        guard part.offset == has(part), var arrival = snapshots.arrival, arrival.isOf(part) else {
            // What is here already need not come again, and what is missing must come first.
            return answer(part, .goOn, next: has(part), to: sender, into: &directives)
        }
        snapshots.arrival = nil
        arrival.from = sender
        arrival.lastPart = now
        arrival.received.writeRaw(part.bytes)
        arrival.sum = CRC32C.checksum(of: part.bytes, after: arrival.sum)
        if UInt64(arrival.received.count) == arrival.totalBytes {
            finishArrival(&arrival, into: &directives)
        } else {
            snapshots.arrival = arrival
            answer(part, .goOn, next: has(part), to: sender, into: &directives)
        }
    }

    /// How many bytes of the part's snapshot are here.
    private func has(_ part: SnapshotPart) -> UInt64 {
        guard let arrival = snapshots.arrival, arrival.isOf(part) else { return 0 }
        return UInt64(arrival.received.count)
    }

    /// One is whole and on its way to the disk: whoever sends the same one hears of its end, and
    /// whoever sends another must wait for it.
    private mutating func receiveWhileInstalling(
        _ part: SnapshotPart, from sender: RaftMember, into directives: inout [ReplicaDirective]
    ) {
        guard snapshots.arrival?.isOf(part) == true else {
            return answer(part, .refused, next: 0, to: sender, into: &directives)
        }
        snapshots.arrival?.from = sender
    }

    private func answer(
        _ part: SnapshotPart, _ outcome: SnapshotPartResult.Outcome, next: UInt64,
        to sender: RaftMember, into directives: inout [ReplicaDirective]
    ) {
        directives.append(
            .sendPartResult(
                SnapshotPartResult(position: part.position, nextOffset: next, outcome: outcome),
                to: sender))
    }

    /// The whole snapshot is here: check that it is a state before anything of it is kept.
    private mutating func finishArrival(
        _ arrival: inout SnapshotState<Machine>.Arrival, into directives: inout [ReplicaDirective]
    ) {
        let material: SnapshotMaterial
        do throws(DecodeFailure) {
            guard arrival.sum == arrival.checksum else {
                throw .invalid(what: "a snapshot of another checksum", offset: 0)
            }
            let stream = try SnapshotStream(
                received: arrival.received.take(), checksum: arrival.checksum)
            let (machine, time) = try Self.restore(stream.body, group: group, limits: limits)
            arrival.restored = SnapshotState<Machine>.Restored(
                machine: machine, logTime: time, configuration: stream.configuration,
                bytes: stream.body.count)
            material = SnapshotMaterial(
                group: group, position: arrival.position, origin: .received(from: arrival.from),
                configuration: stream.configuration, body: stream.body)
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
        directives.append(.save(material))
    }

    /// The snapshot is durable, recorded, and the record is durable: now it may take over.
    mutating func installArrival(
        _ position: SnapshotPosition, at now: Instant, into directives: inout [ReplicaDirective]
    ) {
        guard let arrival = snapshots.arrival, arrival.position == position,
            let restored = arrival.restored
        else { return }
        snapshots.arrival = nil
        if raft.installSnapshot(
            position, configuration: restored.configuration, at: now, into: &raftDirectives)
        {
            machine = restored.machine
            applied = position.index
            installationsCount += 1
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

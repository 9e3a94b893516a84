import Raft
import ReplicatedState
import Toolbox
import Vocabulary

/// Snapshots on their way to followers that need what was cut from the log.
///
/// One state is encoded for all followers that wait, and offered to each in parts: the next leaves
/// when the one before was answered and the node's pace allows it. A follower's answer says from
/// where to go on, so one that has parts already is sent only the rest.
extension ReplicaInstance {
    /// A follower that asks for the same bytes so often is given up until Raft tries again.
    private static var repeatsMaximum: Int { 8 }

    mutating func prepareTransfer(
        to member: RaftMember, at now: Instant, into directives: inout [ReplicaDirective]
    ) {
        if let offer = snapshots.offer, leadsOn(from: offer.position) {
            return begin(offer.position, to: member, at: now, into: &directives)
        }
        snapshots.offer = nil
        let position = snapshots.encoding ?? appliedPosition
        snapshots.transfers[member] = SnapshotState<Machine>.Transfer(
            position: position, phase: .encoding)
        guard snapshots.encoding == nil else { return }
        snapshots.encoding = position
        directives.append(.encode(.transfer(position), encodingOfState))
    }

    /// Whether the log still holds what follows `position`.
    private func leadsOn(from position: SnapshotPosition) -> Bool {
        raft.firstIndex <= position.index.next
    }

    /// The state is encoded: every follower that waits for it gets it.
    mutating func offer(
        _ stream: SnapshotStream, at position: SnapshotPosition, _ now: Instant,
        into directives: inout [ReplicaDirective]
    ) {
        guard snapshots.encoding == position else { return }
        snapshots.encoding = nil
        guard isLeader else { return }
        snapshots.offer = SnapshotState<Machine>.Offer(
            position: position, stream: stream, lastUse: now)
        for (member, transfer) in snapshots.transfers where transfer.position == position {
            begin(position, to: member, at: now, into: &directives)
        }
    }

    private mutating func begin(
        _ position: SnapshotPosition, to member: RaftMember, at now: Instant,
        into directives: inout [ReplicaDirective]
    ) {
        snapshots.transfers[member] = SnapshotState<Machine>.Transfer(
            position: position, phase: .queued(offset: 0))
        wantPart(to: member, from: 0, at: now, into: &directives)
    }

    private mutating func wantPart(
        to member: RaftMember, from offset: Int, at now: Instant,
        into directives: inout [ReplicaDirective]
    ) {
        guard let total = snapshots.offer?.stream.bytes.count else { return }
        snapshots.offer?.lastUse = now
        snapshots.transfers.update(member) { $0.phase = .queued(offset: offset) }
        let bytes = min(settings.snapshotPartBytes, total - offset)
        directives.append(.wantPart(bytes: bytes, to: member))
    }

    mutating func sendPart(
        to member: RaftMember, at now: Instant, into directives: inout [ReplicaDirective]
    ) {
        guard let transfer = snapshots.transfers[member], let offer = snapshots.offer,
            case .queued(let offset) = transfer.phase, offer.position == transfer.position
        else { return }
        let stream = offer.stream
        let end = min(offset + settings.snapshotPartBytes, stream.bytes.count)
        let patience = now + settings.snapshotAnswerTimeout
        snapshots.transfers.update(member) { $0.phase = .sent(offset: offset, patience: patience) }
        directives.append(
            .sendPart(
                SnapshotPart(
                    position: transfer.position, offset: UInt64(offset),
                    totalBytes: UInt64(stream.bytes.count), checksum: stream.checksum,
                    bytes: stream.bytes.slice(offset..<end)),
                to: member))
    }

    mutating func receive(
        _ result: SnapshotPartResult, from member: RaftMember, at now: Instant,
        into directives: inout [ReplicaDirective]
    ) {
        guard let transfer = snapshots.transfers[member], transfer.position == result.position,
            case .sent(let offset, _) = transfer.phase,
            let total = snapshots.offer?.stream.bytes.count
        else { return }
        switch result.outcome {
        case .goOn where result.nextOffset < UInt64(total):
            let next = Int(result.nextOffset)
            let repeats = next <= offset ? transfer.repeats + 1 : 0
            if repeats > Self.repeatsMaximum {
                endTransfer(to: member, succeeded: false, at: now)
            } else {
                snapshots.transfers.update(member) { $0.repeats = repeats }
                wantPart(to: member, from: next, at: now, into: &directives)
            }
        case .goOn: break
        case .done, .refused:
            endTransfer(to: member, succeeded: result.outcome == .done, at: now)
        }
        translate(at: now, into: &directives)
    }

    // MARK: Ends

    /// The bulk link to `node` broke. Raft asks for a snapshot again when the follower is heard of;
    /// both sides keep what they have, and go on there.
    mutating func bulkLinkLost(
        to node: NodeID, at now: Instant, into directives: inout [ReplicaDirective]
    ) {
        for member in snapshots.transfers.keys where member.node == node {
            endTransfer(to: member, succeeded: false, at: now)
        }
        translate(at: now, into: &directives)
    }

    /// Followers that have gone silent, and bytes that nobody came back for.
    mutating func giveUpLateTransfers(at now: Instant) {
        for (member, transfer) in snapshots.transfers {
            guard case .sent(_, let patience) = transfer.phase, patience <= now else { continue }
            endTransfer(to: member, succeeded: false, at: now)
        }
        if let offer = snapshots.offer, snapshots.transfers.isEmpty,
            now - offer.lastUse >= settings.snapshotResumeTimeout
        {
            snapshots.offer = nil
        }
        if let arrival = snapshots.arrival, arrival.restored == nil,
            now - arrival.lastPart >= settings.snapshotResumeTimeout
        {
            snapshots.arrival = nil
        }
    }

    /// Another one leads, or nobody.
    mutating func forgetTransfers() {
        snapshots.transfers = SortedMap()
        snapshots.offer = nil
    }

    /// Who is no member any more gets nothing more; Raft keeps no book on it either.
    mutating func forgetTransfers(outside configuration: RaftConfiguration) {
        for member in snapshots.transfers.keys where !configuration.contains(member) {
            snapshots.transfers.removeValue(forKey: member)
        }
    }

    mutating func endTransfer(to member: RaftMember, succeeded: Bool, at now: Instant) {
        guard let transfer = snapshots.transfers.removeValue(forKey: member) else { return }
        snapshots.offer?.lastUse = now
        raft.snapshotSendDidEnd(
            to: member, position: transfer.position, succeeded: succeeded, at: now,
            into: &raftDirectives)
    }
}

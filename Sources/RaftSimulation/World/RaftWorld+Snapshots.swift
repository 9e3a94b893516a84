import Raft
import Toolbox
import VirtualWorld
import Vocabulary

/// Snapshots: kept, sent part by part, received, and installed once they are durable.
extension RaftWorld {
    mutating func keepSnapshot(_ host: Int) {
        guard !hosts[host].isSaving, hosts[host].arrival == nil,
            let saved = currentState(host),
            saved.position.index > hosts[host].raft.snapshotPosition?.index ?? .zero
        else { return }
        hosts[host].isSaving = true
        hosts[host].entriesSinceSnapshot = 0
        appendToDisk(.kept(saved), host)
    }

    private func currentState(_ host: Int) -> SavedSnapshot? {
        let applied = hosts[host].machine.applied
        guard applied > .zero, let term = hosts[host].raft.term(at: applied) else { return nil }
        return SavedSnapshot(
            position: SnapshotPosition(index: applied, term: term), machine: hosts[host].machine)
    }

    mutating func snapshotKept(_ saved: SavedSnapshot, _ host: Int) {
        hosts[host].isSaving = false
        guard saved.position.index > hosts[host].raft.snapshotPosition?.index ?? .zero else {
            return
        }
        let moment = hosts[host].clock.monotonic(at: now)
        hosts[host].raft.snapshotDidSave(saved.position, at: moment, into: &directives)
        let index = hosts[host].raft.compactionIndex(keeping: layout.keptEntries)
        hosts[host].raft.compact(through: index)
    }

    // MARK: Sending

    mutating func beginTransfer(from host: Int, to peer: Int) {
        guard let saved = currentState(host) else { return endTransfer(host, peer, nil) }
        hosts[host].transfers[peer] = RaftHost.Transfer(snapshot: saved)
        sendPart(from: host, to: peer)
    }

    private mutating func sendPart(from host: Int, to peer: Int) {
        guard let transfer = hosts[host].transfers[peer] else { return }
        send(
            SnapshotParcel(
                from: host, to: peer, toLife: hosts[peer].life,
                position: transfer.snapshot.position,
                kind: .part(
                    transfer.snapshot, part: transfer.nextPart, parts: layout.snapshotParts)))
    }

    /// Snapshots travel on a connection of their own: a part is late, never lost, unless the
    /// connection breaks; then both ends learn of it.
    private mutating func send(_ parcel: SnapshotParcel) {
        let delay = layout.delayMean * 4
        let time = now.advanced(
            by: LinkTable.delayMinimum + networkRandom.delay(around: delay))
        guard hosts[parcel.to].isUp, !links[parcel.from, parcel.to].isBlocked else {
            return breakTransfer(parcel)
        }
        events.schedule(.parcel(parcel), at: time)
    }

    private mutating func breakTransfer(_ parcel: SnapshotParcel) {
        for (host, peer) in [(parcel.from, parcel.to), (parcel.to, parcel.from)] {
            let time = now.advanced(
                by: Nanoseconds.millisecond * networkRandom.within(5...60 as ClosedRange<Int64>))
            events.schedule(.connectionLost(host: host, peer: peer, refused: false), at: time)
        }
    }

    /// The connection that carried the parts is gone.
    mutating func transferConnectionLost(_ host: Int, _ peer: Int) {
        if let arrival = hosts[host].arrival, arrival.from == peer, !arrival.isRecorded {
            hosts[host].arrival = nil
        }
        if hosts[host].transfers[peer] != nil { endTransfer(host, peer, nil) }
    }

    private mutating func endTransfer(
        _ host: Int, _ peer: Int, _ position: SnapshotPosition?
    ) {
        let known = hosts[host].transfers[peer]?.snapshot.position ?? .zero
        hosts[host].transfers[peer] = nil
        let moment = hosts[host].clock.monotonic(at: now)
        hosts[host].raft.snapshotSendDidEnd(
            to: hosts[peer].node, position: position ?? known, succeeded: position != nil,
            at: moment, into: &directives)
    }

    // MARK: Receiving

    mutating func deliver(_ parcel: SnapshotParcel) {
        let host = parcel.to
        guard hosts[host].life == parcel.toLife, hosts[host].isUp else {
            return breakTransfer(parcel)
        }
        if hosts[host].status == .paused { return hosts[host].backlog.append(.parcel(parcel)) }
        transcript.mix(UInt64(bitPattern: now.nanoseconds), 0x9A2C << 32 | UInt64(host))
        switch parcel.kind {
        case .part(let saved, let part, let parts): take(parcel, saved, part, of: parts)
        case .took(let count):
            guard hosts[host].transfers[parcel.from]?.snapshot.position == parcel.position else {
                return
            }
            hosts[host].transfers[parcel.from]?.nextPart = count
            sendPart(from: host, to: parcel.from)
        case .done(let succeeded):
            guard hosts[host].transfers[parcel.from]?.snapshot.position == parcel.position else {
                return
            }
            endTransfer(host, parcel.from, succeeded ? parcel.position : nil)
        }
        finishStep(host)
    }

    private mutating func take(
        _ parcel: SnapshotParcel, _ saved: SavedSnapshot, _ part: Int, of parts: Int
    ) {
        let host = parcel.to
        guard parcel.position.index > hosts[host].raft.commitIndex else {
            return answer(parcel, .done(succeeded: true))
        }
        if part == 0, hosts[host].arrival?.isRecorded != true {
            hosts[host].arrival = RaftHost.Arrival(from: parcel.from, position: parcel.position)
        }
        guard let arrival = hosts[host].arrival, arrival.from == parcel.from,
            arrival.position == parcel.position, !arrival.isRecorded, arrival.parts == part
        else { return answer(parcel, .done(succeeded: false)) }
        hosts[host].arrival?.parts = part + 1
        guard part + 1 == parts else { return answer(parcel, .took(part + 1)) }
        hosts[host].arrival?.isRecorded = true
        appendToDisk(.arrived(saved, from: parcel.from), host)
    }

    private mutating func answer(_ parcel: SnapshotParcel, _ kind: SnapshotParcel.Kind) {
        send(
            SnapshotParcel(
                from: parcel.to, to: parcel.from, toLife: hosts[parcel.from].life,
                position: parcel.position, kind: kind))
    }

    /// The snapshot and the record of it are durable: now it may take over.
    mutating func install(_ saved: SavedSnapshot, from sender: Int, _ host: Int) {
        guard hosts[host].arrival?.position == saved.position else { return }
        hosts[host].arrival = nil
        let moment = hosts[host].clock.monotonic(at: now)
        if hosts[host].raft.installSnapshot(saved.position, at: moment, into: &directives) {
            hosts[host].machine = saved.machine
            hosts[host].entriesSinceSnapshot = 0
            let last = hosts[host].raft.lastIndex
            laws.noteInstall(saved.position, of: host, last: last)
            hosts[host].pendingWrites = []
            transcript.note(now, "n\(host + 1) installs \(saved.position) of n\(sender + 1)")
        }
        send(
            SnapshotParcel(
                from: host, to: sender, toLife: hosts[sender].life, position: saved.position,
                kind: .done(succeeded: true)))
    }
}

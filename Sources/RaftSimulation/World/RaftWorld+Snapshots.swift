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
            position: SnapshotPosition(index: applied, term: term), machine: hosts[host].machine,
            configuration: hosts[host].raft.configuration(at: applied))
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

    mutating func beginTransfer(from host: Int, to member: RaftMember) {
        let peer = Int(member.node.rawValue) - 1
        guard let saved = currentState(host) else {
            let moment = hosts[host].clock.monotonic(at: now)
            hosts[host].raft.snapshotSendDidEnd(
                to: member, position: .zero, succeeded: false, at: moment, into: &directives)
            return
        }
        // One copy of the node is sent to at a time; whatever was on its way to another is over.
        if hosts[host].transfers[peer] != nil { endTransfer(host, peer, nil) }
        hosts[host].transfers[peer] = RaftHost.Transfer(snapshot: saved, receiver: member)
        sendPart(from: host, to: peer)
    }

    private mutating func sendPart(from host: Int, to peer: Int) {
        guard let transfer = hosts[host].transfers[peer] else { return }
        send(
            SnapshotParcel(
                from: host, to: peer, fromReplica: hosts[host].replica,
                toReplica: transfer.receiver.replica, toLife: hosts[peer].life,
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
        if let arrival = hosts[host].arrival, arrival.from.node == hosts[peer].node,
            !arrival.isRecorded
        {
            hosts[host].arrival = nil
        }
        if hosts[host].transfers[peer] != nil { endTransfer(host, peer, nil) }
    }

    private mutating func endTransfer(
        _ host: Int, _ peer: Int, _ position: SnapshotPosition?
    ) {
        guard let transfer = hosts[host].transfers[peer] else { return }
        hosts[host].transfers[peer] = nil
        let moment = hosts[host].clock.monotonic(at: now)
        hosts[host].raft.snapshotSendDidEnd(
            to: transfer.receiver, position: transfer.snapshot.position, succeeded: position != nil,
            at: moment, into: &directives)
    }

    // MARK: Receiving

    mutating func deliver(_ parcel: SnapshotParcel) {
        let host = parcel.to
        guard hosts[host].life == parcel.toLife, hosts[host].isUp,
            hosts[host].replica == parcel.toReplica
        else {
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
        let sender = RaftMember(node: hosts[parcel.from].node, replica: parcel.fromReplica)
        guard parcel.position.index > hosts[host].raft.commitIndex else {
            return answer(parcel, .done(succeeded: true))
        }
        if part == 0, hosts[host].arrival?.isRecorded != true {
            hosts[host].arrival = RaftHost.Arrival(from: sender, position: parcel.position)
        }
        guard let arrival = hosts[host].arrival, arrival.from == sender,
            arrival.position == parcel.position, !arrival.isRecorded, arrival.parts == part
        else { return answer(parcel, .done(succeeded: false)) }
        hosts[host].arrival?.parts = part + 1
        guard part + 1 == parts else { return answer(parcel, .took(part + 1)) }
        hosts[host].arrival?.isRecorded = true
        appendToDisk(.arrived(saved, from: sender), host)
    }

    private mutating func answer(_ parcel: SnapshotParcel, _ kind: SnapshotParcel.Kind) {
        send(
            SnapshotParcel(
                from: parcel.to, to: parcel.from, fromReplica: hosts[parcel.to].replica,
                toReplica: parcel.fromReplica, toLife: hosts[parcel.from].life,
                position: parcel.position, kind: kind))
    }

    /// The snapshot and the record of it are durable: now it may take over.
    mutating func install(_ saved: SavedSnapshot, from sender: RaftMember, _ host: Int) {
        guard hosts[host].arrival?.position == saved.position else { return }
        hosts[host].arrival = nil
        let moment = hosts[host].clock.monotonic(at: now)
        let isInstalled = hosts[host].raft.installSnapshot(
            saved.position, configuration: saved.configuration, at: moment, into: &directives)
        if isInstalled {
            hosts[host].machine = saved.machine
            hosts[host].entriesSinceSnapshot = 0
            let last = hosts[host].raft.lastIndex
            laws.noteInstall(saved, of: host, last: last)
            hosts[host].pendingWrites = []
            transcript.note(now, "n\(host + 1) installs \(saved.position) of \(sender)")
        }
        let peer = Int(sender.node.rawValue) - 1
        send(
            SnapshotParcel(
                from: host, to: peer, fromReplica: hosts[host].replica,
                toReplica: sender.replica, toLife: hosts[peer].life, position: saved.position,
                kind: .done(succeeded: true)))
    }
}

import Raft
import Toolbox
import Vocabulary

// What the instances want done is done, or queued; and what must never be is looked for.
extension RaftCluster {
    mutating func perform(_ directive: RaftDirective, of place: Int) {
        let node = peers[place].node
        switch directive {
        case .persist(let write):
            peers[place].operations.append(.write(write))
            note(write, by: node)
        case .send(let message, let receiver):
            checkDurable(message, of: place, to: receiver)
            wire.append(
                Envelope(from: peers[place].member, to: receiver, content: .message(message)))
        case .apply(let entries):
            for entry in entries { apply(entry, on: place) }
            note { "\(node) applies \(list(entries.map(\.index)))" }
        case .readReady(let reads, let index):
            peers[place].ready += reads
            for read in reads { ledger.readIsReady(read, at: index) }
            note { "\(node) may answer \(list(reads)) at \(index)" }
        case .readRefused(let reads):
            peers[place].refused += reads
            note { "\(node) refuses \(list(reads))" }
        case .sendSnapshot(let receiver):
            sendSnapshot(from: place, to: receiver)
        case .observe(let observation):
            note { "\(node) \(describe(observation))" }
            note(observation, of: place)
        }
    }

    private mutating func note(_ observation: RaftObservation, of place: Int) {
        switch observation {
        case .becameLeader(let term):
            if let instance = peers[place].instance { ledger.note(leader: instance, of: term) }
        case .configurationCommitted(let configuration, let index):
            ledger.note(committed: configuration, at: index)
        case .removedFromGroup:
            peers[place].isRemoved = true
        case .truncated, .configurationChanged:
            if let instance = peers[place].instance {
                ledger.checkConfiguration(of: instance)
                ledger.checkOwnChange(of: instance)
            }
        case .becameFollower, .becamePreCandidate, .becameCandidate, .nonsense, .transferBegan,
            .transferEnded, .founded:
            break
        }
    }

    private mutating func apply(_ entry: LogEntry, on place: Int) {
        if entry.index != peers[place].applied.next {
            ledger.violations.append(
                "\(peers[place].node) applies \(entry.index) after \(peers[place].applied)")
        }
        peers[place].applied = entry.index
        peers[place].digest = Ledger.digest(peers[place].digest, entry)
        // What was durable when it was acknowledged counts, whatever became of the disk.
        let holders =
            peers.filter { $0.disk.holds(entry) }.map(\.member)
            + graves.filter { $0.disk.holds(entry) }.map(\.member)
        ledger.note(applied: entry, holders: holders, by: peers[place].instance)
        ledger.check(digest: peers[place].digest, at: entry.index, on: peers[place].node)
    }

    private mutating func sendSnapshot(from place: Int, to receiver: RaftMember) {
        guard let state = peers[place].disk.snapshot else {
            ledger.violations.append("\(peers[place].node) has no snapshot to send")
            return
        }
        wire.append(
            Envelope(from: peers[place].member, to: receiver, content: .snapshot(state)))
    }

    /// What a message promises, or tells of, is on the disk when it leaves (pitfalls 1 to 3).
    private mutating func checkDurable(
        _ message: RaftMessage, of place: Int, to receiver: RaftMember
    ) {
        let disk = peers[place].disk
        let isDurable: Bool
        switch message {
        case .voteRequest(let request):
            let last = disk.entries.last?.index ?? disk.snapshot?.position.index ?? .zero
            isDurable =
                disk.hardState == HardState(term: request.term, vote: peers[place].node)
                && last >= request.lastIndex
        case .voteResponse(let response) where response.isGranted:
            isDurable = disk.hardState == HardState(term: response.term, vote: receiver.node)
        case .appendResponse(let response):
            guard case .matched(let index) = response.outcome else { return }
            let last = disk.entries.last?.index ?? disk.snapshot?.position.index ?? .zero
            isDurable = disk.hardState.term >= response.term && last >= index
        case .preVoteRequest, .preVoteResponse, .voteResponse, .append, .heartbeat,
            .heartbeatResponse, .timeoutNow, .announcement, .removalNotice, .foundingQuestion,
            .foundingAnswer:
            return
        }
        if !isDurable {
            ledger.violations.append("\(peers[place].node) says too early: \(message)")
        }
    }

    /// No two leases at a time, and none that does not see all that is committed (I9, I10).
    mutating func checkLeases() {
        var holder: NodeID?
        for peer in peers {
            guard let instance = peer.instance, instance.isLeader,
                let index = instance.leaseReadIndex(at: now)
            else { continue }
            if let other = holder {
                ledger.violations.append("\(other) and \(peer.node) both hold a lease")
            }
            holder = peer.node
            ledger.leaseIsHeld(by: peer.node, at: index)
        }
    }
}

extension RaftInstance {
    /// A snapshot that holds no other configuration than is known.
    mutating func install(
        _ position: SnapshotPosition, at now: Instant, into directives: inout [RaftDirective]
    ) -> Bool {
        installSnapshot(position, configuration: configuration, at: now, into: &directives)
    }
}

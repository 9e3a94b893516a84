import LogStorage
import Raft
import ReplicatedState
import Replication
import Toolbox
import Vocabulary

/// Replicas of one group joined by queues. Time passes, disks finish and letters arrive when a test
/// says so.
struct ReplicaCluster {
    typealias Replica = ReplicaInstance<Ledger>

    enum Letter {
        case message(RaftMessage)
        case part(SnapshotPart)
        case result(SnapshotPartResult)

        var isMessage: Bool {
            if case .message = self { true } else { false }
        }
    }

    struct Member {
        var replica: Replica
        var disk: Disk
        var saves: [SnapshotMaterial] = []
        var works: [(purpose: SnapshotPurpose, snapshot: any MachineSnapshot)] = []
        /// What it said since a test looked last.
        var said: [ReplicaDirective] = []
        var holdsDisk = false
        var holdsSaves = false
        /// Nothing reaches it, and nothing it says reaches anybody.
        var isCutOff = false
        /// The wall clock as the group may believe it.
        var clock = WallTime(milliseconds: 1_000)
    }

    static let group = ReplicaGroupID(7)

    let settings: ReplicaSettings
    var members: [Member] = []
    var mail: [(from: Int, to: Int, letter: Letter)] = []
    /// Parts that wait for leave to be sent; they get it when everything settles.
    var wanted: [(from: Int, to: RaftMember)] = []
    var holdsLeave = false
    /// Parts of snapshots and their results stay in `mail`.
    var holdsParts = false
    var now = Instant(nanoseconds: 0)
    private var lastRequest: UInt64 = 0
    private var lives: UInt64 = 0

    init(
        _ count: Int, _ change: (inout ReplicaSettings) -> Void = { _ in }
    ) throws(DecodeFailure) {
        var settings = ReplicaSettings()
        // No time passes here while messages are on their way.
        settings.raft.commitNoticeDelay = .zero
        change(&settings)
        self.settings = settings
        let founders = (0..<count).map(Self.member)
        for index in 0..<count {
            let replica = try Self.replica(
                index, ReplicaRecovery(raft: .founded(founders), snapshotBody: nil), settings,
                seed: UInt64(index), at: now)
            members.append(Member(replica: replica, disk: Disk(founders)))
        }
    }

    private static func replica(
        _ index: Int, _ recovery: ReplicaRecovery, _ settings: ReplicaSettings, seed: UInt64,
        at now: Instant
    ) throws(DecodeFailure) -> Replica {
        try Replica(
            identity: RaftIdentity(group: group, member: member(index)), founders: [],
            limits: MachineLimits(), recovery: recovery, settings: settings,
            random: SeededRandom(seed: seed), at: now)
    }

    /// The copy of the member at `index`: n1/y1 is the first.
    static func member(_ index: Int) -> RaftMember {
        RaftMember(node: NodeID(UInt16(index + 1)), replica: ReplicaID(UInt64(index + 1)))
    }

    // MARK: Requests

    /// A request of node 9's.
    mutating func propose(_ text: String, at index: Int) -> Requester {
        lastRequest += 1
        let requester = Requester(node: NodeID(9), request: RequestID(lastRequest))
        members[index].replica.propose(Bytes(text), for: requester)
        return requester
    }

    mutating func ask(_ index: Int) -> Requester {
        lastRequest += 1
        let requester = Requester(node: NodeID(9), request: RequestID(lastRequest))
        members[index].replica.ask("count", for: requester)
        return requester
    }

    /// Proposes in turns of one command each, and lets all of it happen.
    mutating func carryOut(_ texts: [String], at index: Int) {
        for text in texts {
            _ = propose(text, at: index)
            endTurn(index)
            settle()
        }
    }

    // MARK: Events

    mutating func tell(_ index: Int, _ event: ReplicaEvent) {
        var directives: [ReplicaDirective] = []
        members[index].replica.handle(event, at: now, into: &directives)
        for directive in directives { carryOut(directive, of: index) }
        members[index].said += directives
    }

    mutating func endTurn(_ index: Int) {
        tell(index, .turnEnded(clock: members[index].clock))
    }

    private mutating func carryOut(_ directive: ReplicaDirective, of index: Int) {
        switch directive {
        case .record(let record): members[index].disk.record(record)
        case .awaitDurability(let awaited): members[index].disk.wait(awaited)
        case .send(let bytes, let member):
            do throws(DecodeFailure) {
                let letter = try ReplicaLetter<RaftMessage>(decoding: bytes)
                invariant(letter.to == member.replica, "a letter for another copy")
                post(.message(letter.content), from: index, to: member)
            } catch {
                unreachable("a message that does not decode: \(error)")
            }
        case .sendPart(let part, let member): post(.part(part), from: index, to: member)
        case .sendPartResult(let result, let member):
            post(.result(result), from: index, to: member)
        case .wantPart(_, let member): wanted.append((index, member))
        case .encode(let purpose, let snapshot):
            members[index].works.append((purpose, snapshot))
        case .save(let material): members[index].saves.append(material)
        case .reply, .observe, .observeSnapshotFailure: break
        }
    }

    private mutating func post(_ letter: Letter, from index: Int, to member: RaftMember) {
        mail.append((index, Int(member.node.rawValue) - 1, letter))
    }

    // MARK: What happens around them

    /// Until nobody has anything more to do without time passing.
    mutating func settle() {
        while deliver() || work() {}
    }

    /// One step of that: every letter that lies there, then every disk and worker.
    mutating func settleOnce() {
        _ = deliver()
        _ = work()
    }

    private mutating func deliver() -> Bool {
        let letters = mail
        mail = []
        var isDelivered = false
        for (from, to, letter) in letters {
            if holdsParts, !letter.isMessage {
                mail.append((from, to, letter))
            } else if !members[from].isCutOff, !members[to].isCutOff {
                hand(letter, from: from, to: to)
                isDelivered = true
            }
        }
        return isDelivered
    }

    mutating func hand(_ letter: Letter, from: Int, to: Int) {
        let sender = Self.member(from)
        let replica = Self.member(to).replica
        switch letter {
        case .message(let message): tell(to, .received(message, from: sender, to: replica))
        case .part(let part): tell(to, .receivedPart(part, from: sender, to: replica))
        case .result(let result): tell(to, .receivedPartResult(result, from: sender, to: replica))
        }
    }

    /// Lets the parts go that wait for leave; false if there are none.
    @discardableResult
    mutating func allowParts() -> Bool {
        let parts = take(&wanted)
        for (from, member) in parts { tell(from, .partAllowed(to: member)) }
        return !parts.isEmpty
    }

    private mutating func work() -> Bool {
        var isDone = false
        if !holdsLeave, allowParts() { isDone = true }
        for index in members.indices {
            if !members[index].holdsDisk { while persistNext(index) { isDone = true } }
            for (purpose, snapshot) in take(&members[index].works) {
                tell(index, .snapshotEncoded(snapshot.encode(), purpose))
                isDone = true
            }
            guard !members[index].holdsSaves else { continue }
            while save(index) { isDone = true }
        }
        return isDone
    }

    /// Ends the oldest write of a disk; false if there is none.
    @discardableResult
    mutating func persistNext(_ index: Int) -> Bool {
        guard let awaited = members[index].disk.persistNext() else { return false }
        tell(index, .recordsPersisted(awaited))
        return true
    }

    /// Ends the making of a snapshot's file; false if there is none.
    @discardableResult
    mutating func save(_ index: Int) -> Bool {
        guard !members[index].saves.isEmpty else { return false }
        let material = members[index].saves.removeFirst()
        let file = members[index].disk.save(material)
        tell(index, .snapshotSaved(material, as: file))
        return true
    }

    // MARK: Time and leaders

    mutating func pass(_ duration: Duration) {
        let end = now + duration
        while now < end {
            now = now + .milliseconds(10)
            for index in members.indices { tell(index, .timeAdvanced) }
            settle()
        }
    }

    /// Lets one member ask for votes, before all others.
    mutating func elect(_ index: Int) {
        now = now + .seconds(1)
        tell(index, .timeAdvanced)
        settle()
    }

    /// The process ends; another one starts from what was durable.
    mutating func restart(_ index: Int) throws(DecodeFailure) {
        members[index].disk.crash()
        lives += 1
        members[index].replica = try Self.replica(
            index, members[index].disk.recovery, settings, seed: 100 + lives, at: now)
        members[index].saves = []
        members[index].works = []
        mail.removeAll { $0.from == index || $0.to == index }
    }

    // MARK: Looking

    /// What a member said since the last look.
    mutating func takeSaid(_ index: Int) -> [ReplicaDirective] { take(&members[index].said) }

    /// The replies among that, by request; fails a test that looks for one that came twice.
    mutating func takeReplies(_ index: Int) -> [Requester: [ReplicaReply]] {
        var replies: [Requester: [ReplicaReply]] = [:]
        for case .reply(let requester, let reply) in takeSaid(index) {
            replies[requester, default: []].append(reply)
        }
        return replies
    }

    /// Takes the letters about snapshots that are held back.
    mutating func takeHeld() -> [(from: Int, to: Int, letter: Letter)] { take(&mail) }

    func texts(_ index: Int) -> [String] { members[index].replica.machine.lines.map(\.text) }
    func times(_ index: Int) -> [Int64] {
        members[index].replica.machine.lines.map(\.time.milliseconds)
    }
}

private func take<Element>(_ list: inout [Element]) -> [Element] {
    defer { list = [] }
    return list
}

/// Short names for directives, to compare a step's order.
extension ReplicaDirective {
    var word: String {
        switch self {
        case .record(.entries(_, let entries)): "entries(\(entries.count))"
        case .record(.hardState): "hardState"
        case .record(.snapshotInstalled): "snapshotInstalled"
        case .record(.compacted): "compacted"
        case .record(.replicaCreated): "replicaCreated"
        case .record(.replicaRemoved): "replicaRemoved"
        case .awaitDurability(.write): "await"
        case .awaitDurability(.kept): "awaitKept"
        case .awaitDurability(.arrived): "awaitArrived"
        case .send(_, let node): "send(\(node.node))"
        case .wantPart(_, let node): "wantPart(\(node.node))"
        case .sendPart(_, let node): "part(\(node.node))"
        case .sendPartResult(let result, let node): "\(result.outcome)(\(node.node))"
        case .reply(_, let reply): "\(reply)"
        case .encode(.keep, _): "encodeKept"
        case .encode(.transfer, _): "encodeTransfer"
        case .save: "save"
        case .observe: "observe"
        case .observeSnapshotFailure: "snapshotFailure"
        }
    }
}

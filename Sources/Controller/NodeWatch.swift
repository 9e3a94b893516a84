import Placement
import Toolbox
import Vocabulary
import ZooKeeperWire

/// Who is there, since when, and who comes and goes: what the tree alone does not tell.
///
/// Known only while this node's controller leads. The next one starts anew, and so waits a little
/// longer; it is never hastier.
struct NodeWatch: Sendable {
    fileprivate struct Record {
        /// The last that could be read.
        var registration: NodeRegistration?
        /// Whether the present one can be.
        var isReadable = true
        /// Of the present or the last registration.
        var created: Zxid?
        var presentSince: Instant?
        var absentSince: Instant
        /// Since when it has said that it is about to go.
        var drainingSince: Instant?
        /// The latest, oldest first.
        var departures: [Instant] = []
    }

    fileprivate static let departuresKept = 65

    private let settings: ControllerSettings
    private let configured: SortedMap<NodeID, NodeRegistration>
    private let startedAt: Instant
    private var records = SortedMap<NodeID, Record>()

    init(
        settings: ControllerSettings, configured: SortedMap<NodeID, NodeRegistration>,
        startedAt: Instant
    ) {
        self.settings = settings
        self.configured = configured
        self.startedAt = startedAt
    }

    /// - Parameter named: nodes that the tables speak of.
    /// - Returns: the nodes that began to flap.
    mutating func update(
        _ members: SortedMap<NodeID, ClusterPicture.Member>, named: Set<NodeID>, at now: Instant
    ) -> [NodeID] {
        var flapping: [NodeID] = []
        for (id, member) in members where arrive(id, member, at: now) { flapping.append(id) }
        for id in records.keys where members[id] == nil { depart(id, at: now) }
        for id in named.sorted() where records[id] == nil {
            records[id] = Record(absentSince: startedAt)
        }
        forget(named: named, at: now)
        return flapping
    }

    /// True when it came back once too often.
    private mutating func arrive(
        _ id: NodeID, _ member: ClusterPicture.Member, at now: Instant
    ) -> Bool {
        var record = records[id] ?? Record(absentSince: now)
        let isNewLife = record.created != member.created
        let wasKnown = record.created != nil
        if isNewLife, record.presentSince != nil { record.noteDeparture(at: now) }
        if isNewLife || record.presentSince == nil { record.presentSince = now }
        record.created = member.created
        record.isReadable = member.registration != nil
        record.registration = member.registration ?? record.registration
        let isDraining = record.registration?.isDraining == true
        record.drainingSince = isDraining ? record.drainingSince ?? now : nil
        records[id] = record
        return isNewLife && wasKnown && isFlapping(record, at: now)
    }

    private mutating func depart(_ id: NodeID, at now: Instant) {
        guard var record = records[id], record.presentSince != nil else { return }
        record.presentSince = nil
        record.absentSince = now
        record.noteDeparture(at: now)
        records[id] = record
    }

    /// Nodes that are gone, own nothing, and whose flapping is long ago.
    private mutating func forget(named: Set<NodeID>, at now: Instant) {
        for (id, record) in records where record.presentSince == nil && !named.contains(id) {
            let isRecent = record.departures.last.map { now - $0 <= settings.flapWindow } ?? false
            if !isRecent { records[id] = nil }
        }
    }

    private func isFlapping(_ record: Record, at now: Instant) -> Bool {
        record.departures.count { now - $0 <= settings.flapWindow } > settings.departuresMaximum
    }

    // MARK: What may be asked

    func isPresent(_ id: NodeID) -> Bool { records[id]?.presentSince != nil }

    func registration(of id: NodeID) -> NodeRegistration? {
        records[id]?.registration ?? configured[id]
    }

    /// Present, known as what, and not so briefly that it may be gone again.
    func isSteady(_ id: NodeID, at now: Instant) -> Bool {
        records[id].map { isSteady($0, at: now) } ?? false
    }

    private func isSteady(_ record: Record, at now: Instant) -> Bool {
        guard let since = record.presentSince, record.isReadable else { return false }
        return !isFlapping(record, at: now) || now - since >= settings.flapDelay
    }

    func isAway(_ id: NodeID, for grace: Duration, at now: Instant) -> Bool {
        guard let record = records[id], record.presentSince == nil else { return false }
        return now - record.absentSince >= graceOnceSeen(record, grace)
    }

    /// The nodes that are there and have been about to go for so long.
    func draining(for grace: Duration, at now: Instant) -> Set<NodeID> {
        Set(
            records.filter { _, record in
                record.presentSince != nil
                    && record.drainingSince.map { now - $0 >= grace } == true
            }.map(\.key))
    }

    /// The nodes as the ring's planner should see them.
    func ringNodes(owners: [NodeID], at now: Instant) -> [RingNode] {
        records.compactMap { id, record in
            guard let part = part(record, isOwner: owners.contains(id), at: now) else {
                return nil
            }
            return registration(of: id)?.ringNode(id, part: part) ?? RingNode(id: id, part: part)
        }
    }

    /// Nil for who is gone.
    private func part(_ record: Record, isOwner: Bool, at now: Instant) -> RingNode.Part? {
        guard record.presentSince != nil else {
            return isOwner && now - record.absentSince < ringGrace(record) ? .away : nil
        }
        guard record.isReadable else { return .unsteady }
        if record.registration?.isDraining == true { return .draining }
        return isSteady(record, at: now) ? .active : .unsteady
    }

    /// When the answers above change by themselves, after `now`; nil if they do not.
    func nextDeadline(after now: Instant) -> Instant? {
        var deadlines: [Instant] = []
        for record in records.values {
            if let since = record.presentSince {
                deadlines.append(since + settings.flapDelay)
                deadlines += record.drainingSince.map { [$0 + settings.leaderGrace] } ?? []
            } else {
                deadlines.append(record.absentSince + ringGrace(record))
                for grace in [settings.replicaGrace, settings.leaderGrace, settings.crashGrace] {
                    deadlines.append(record.absentSince + graceOnceSeen(record, grace))
                }
            }
        }
        return deadlines.filter { $0 > now }.min()
    }

    private func ringGrace(_ record: Record) -> Duration {
        // Who said that it would go is not waited for.
        if record.created != nil, record.registration?.isDraining == true { return .zero }
        return graceOnceSeen(record, settings.crashGrace)
    }

    /// Who was never seen may still be starting.
    private func graceOnceSeen(_ record: Record, _ grace: Duration) -> Duration {
        record.created == nil ? max(grace, settings.firstSightGrace) : grace
    }
}

extension NodeWatch.Record {
    fileprivate mutating func noteDeparture(at now: Instant) {
        departures.append(now)
        if departures.count > NodeWatch.departuresKept { departures.removeFirst() }
    }
}

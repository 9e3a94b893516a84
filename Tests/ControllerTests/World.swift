import Controller
import Placement
import Testing
import Toolbox
import Vocabulary
import ZooKeeperWire

/// A tree, a clock, and one controller after the other.
struct World: CustomTestStringConvertible {
    /// Where a controller stops, counted over its life in changes that it wanted.
    enum Crash: CaseIterable {
        case beforeCommit, afterCommit
        /// Its last change is on its way when the next controller begins, and arrives just before
        /// or just after the first change of that one.
        case arrivingBeforeNext, arrivingAfterNext

        var isOrderly: Bool { self == .beforeCommit || self == .afterCommit }
    }

    /// What happens in the tree while a change is on its way to it.
    enum Disturbance { case stop(UInt16), start(UInt16), write(ZnodePath, Bytes) }

    var tree = TreeModel()
    private(set) var now = Instant(nanoseconds: 1_000_000_000)
    private(set) var observations: [ControllerObservation] = []
    private(set) var reasons: [ControllerChange.Reason] = []
    /// When each of `reasons` was applied.
    private(set) var times: [Instant] = []
    /// Changes wanted from here on before the controller crashes, and how.
    var crash: (after: Int, Crash)?
    private(set) var crashesCount = 0
    /// Each before another change, the last first.
    var disturbances: [Disturbance] = []
    private(set) var refusalsCount = 0
    /// Of a controller that is no more.
    private var late: (change: ControllerChange, crash: Crash)?
    private let settings: ControllerSettings
    private let foundation: ControllerFoundation
    private var controller: ControllerInstance

    init(
        nodes: ClosedRange<UInt16> = 1...3, groups: [UInt32] = [0, 1, 100, 101],
        settings: ControllerSettings = ControllerSettings(), crash: (after: Int, Crash)? = nil
    ) {
        let ids = nodes.map { NodeID($0) }
        var registrations = SortedMap<NodeID, NodeRegistration>()
        for number in nodes { registrations[NodeID(number)] = Self.registration(number) }
        let placement = ReplicaPlacement(
            groups: groups.map { ReplicaGroupID($0) },
            nodes: registrations.map {
                PlacementNode(id: $0.key, host: $0.value.host, zone: $0.value.zone)
            }, replicas: 3)
        var assignments = SortedMap<ReplicaGroupID, GroupAssignment>()
        for (id, group) in placement.groups {
            assignments[id] = GroupAssignment(
                epoch: 1, voters: group.voters, preferredLeader: group.preferredLeader)
        }
        foundation = ControllerFoundation(
            ring: Ring.balanced(over: ids, epoch: RingEpoch(1)),
            partitions: PartitionMap.balanced(shardsCount: 2), groups: assignments,
            nodes: registrations)
        self.settings = settings
        self.crash = crash
        controller = ControllerInstance(foundation: foundation, settings: settings)
        begin()
    }

    static func registration(_ id: UInt16, draining: Bool = false, life: UInt64 = 1)
        -> NodeRegistration
    {
        var registration = NodeRegistration(
            host: "h\(id)", zone: "z\(id % 3)", incarnation: Incarnation(life))
        registration.isDraining = draining
        return registration
    }

    mutating func start(_ id: UInt16, draining: Bool = false) {
        tree.register(id, Self.registration(id, draining: draining))
        tell()
    }

    mutating func stop(_ id: UInt16) {
        tree.remove(id)
        tell()
    }

    mutating func set(_ path: ZnodePath, _ data: Bytes) {
        tree.set(path, data)
        tell()
    }

    mutating func begin() {
        controller = ControllerInstance(foundation: foundation, settings: settings)
        controller.leadershipDidBegin(at: now)
        tell()
    }

    mutating func tell() {
        var directives: [ControllerDirective] = []
        controller.treeDidChange(tree.facts, at: now, into: &directives)
        carryOut(directives)
    }

    /// Time passes, from deadline to deadline.
    mutating func run(for duration: Duration) {
        let end = now + duration
        while let deadline = controller.nextDeadline, deadline <= end {
            #expect(deadline > now, "a deadline that does not pass")
            guard deadline > now else { return }
            now = deadline
            var directives: [ControllerDirective] = []
            controller.timeDidAdvance(to: now, into: &directives)
            carryOut(directives)
        }
        now = end
    }

    private mutating func carryOut(_ directives: [ControllerDirective]) {
        for directive in directives {
            switch directive {
            case .observe(let observation): observations.append(observation)
            case .commit(let id, let change): commit(id, change)
            }
        }
    }

    private mutating func commit(_ id: ControllerChangeID, _ change: ControllerChange) {
        if let (after, when) = crash {
            crash = after > 0 ? (after - 1, when) : nil
            if after == 0 {
                if when == .afterCommit { apply(change) }
                if !when.isOrderly { late = (change, when) }
                crashesCount += 1
                begin()
                return
            }
        }
        let isDisturbed = disturb()
        let late = late
        self.late = nil
        if let late, late.crash == .arrivingBeforeNext { apply(late.change, mayBeRefused: true) }
        let error = apply(change, mayBeRefused: late != nil || isDisturbed)
        if let late, late.crash == .arrivingAfterNext { apply(late.change, mayBeRefused: true) }
        if late != nil || isDisturbed { tell() }
        var directives: [ControllerDirective] = []
        // The answer and the news of the tree arrive in either order.
        if reasons.count % 2 == 0 { tell() }
        controller.changeDidFinish(id, error: error, at: now, into: &directives)
        carryOut(directives)
        if reasons.count % 2 == 1 { tell() }
    }

    private mutating func disturb() -> Bool {
        switch disturbances.popLast() {
        case nil: return false
        case .stop(let id)?: tree.remove(id)
        case .start(let id)?: tree.register(id, Self.registration(id))
        case .write(let path, let data)?: tree.set(path, data)
        }
        return true
    }

    @discardableResult
    private mutating func apply(
        _ change: ControllerChange, mayBeRefused: Bool = false
    ) -> ZooKeeperError? {
        let before = tree
        let error = tree.apply(change.operations)
        if error != nil { refusalsCount += 1 }
        #expect(error == nil || mayBeRefused, "\(change.reason)")
        guard error == nil else { return error }
        reasons.append(change.reason)
        times.append(now)
        if let old = before.ring, let new = tree.ring, old != new {
            #expect(new.epoch.rawValue == old.epoch.rawValue + 1)
            let given = old.owners.indices.filter { old.owners[$0] != new.owners[$0] }
            let receivers = Set(given.map { new.owners[$0] })
            #expect(receivers.isSubset(of: Set(tree.registered)))
        }
        return nil
    }

    var testDescription: String {
        (["at \(now), \(tree.registered): \(tree.ring?.description ?? "no ring")"]
            + zip(times, reasons).map { "\($0) \($1)" }).joined(separator: "; ")
    }

    /// Arcs fairly shared by `nodes`, and nothing left to do.
    func isSettled(over nodes: [UInt16]) -> Bool {
        guard let ring = tree.ring else { return false }
        let ringNodes = nodes.map { Self.registration($0).ringNode(NodeID($0), part: .active) }
        return RingPlan(from: ring, nodes: ringNodes) == nil
    }

    /// The most arcs of living nodes that moved in any time of `interval`.
    func voluntaryArcsMaximum(within interval: Duration) -> Int {
        let moves = ringReasons
        return moves.map { first in
            moves.filter { $0.at >= first.at && $0.at - first.at < interval }
                .reduce(0) { $0 + $1.voluntary }
        }.max() ?? 0
    }

    /// The shortest time between two epochs of the ring.
    var epochDistanceMinimum: Duration {
        zip(ringReasons, ringReasons.dropFirst()).map { $1.at - $0.at }.min() ?? .seconds(1_000)
    }

    var ringReasons: [(at: Instant, forced: Int, voluntary: Int)] {
        zip(times, reasons).compactMap { time, reason in
            guard case .ring(_, let forced, let voluntary, _) = reason else { return nil }
            return (time, forced, voluntary)
        }
    }
}

import Toolbox
public import Vocabulary
public import ZooKeeperWire
import Placement

/// What the leader of the coordination group decides about the whole cluster, from the tree alone.
///
/// idle ──leadershipDidBegin──▶ leading ──commit──▶ a change under way ──changeDidFinish──▶ leading
///
/// - One change at a time; each is one multi that checks what it was planned from.
/// - Nothing is remembered that the next controller would need: a crash at any point leaves a tree
///   from which it goes on.
public struct ControllerInstance: Sendable {
    private struct Leading: Sendable {
        var watch: NodeWatch
        var picture: ClusterPicture?
        var underWay: (id: ControllerChangeID, change: ControllerChange, since: Instant)?
        var retryAt: Instant?
        /// Since when the ring is not as it should be.
        var ringWantedSince: Instant?
        var ringChangedAt: Instant
        var voluntaryMovedAt: Instant
        var groupChangedAt: Instant
        var reported: Set<ControllerObservation> = []
    }

    private let planner: ControllerPlanner
    private let settings: ControllerSettings
    private var leading: Leading?
    /// Also of times when another node led: epochs only go up.
    private var epochSeen = RingEpoch(0)
    private var changesCount: UInt64 = 0
    /// When `timeDidAdvance` should be called at the latest; nil if nothing is waited for.
    public private(set) var nextDeadline: Instant?

    public init(foundation: ControllerFoundation, settings: ControllerSettings) {
        planner = ControllerPlanner(foundation: foundation, settings: settings)
        self.settings = settings
    }

    public var isLeading: Bool { leading != nil }

    /// This node leads the coordination group and has applied all that was committed before.
    /// Followed by `treeDidChange`.
    public mutating func leadershipDidBegin(at now: Instant) {
        // As if the controller before had made each kind of change at this moment: the bounds on
        // how fast things move hold across controllers.
        leading = Leading(
            watch: NodeWatch(
                settings: settings, configured: planner.foundation.nodes, startedAt: now),
            ringChangedAt: now, voluntaryMovedAt: now, groupChangedAt: now)
        nextDeadline = nil
    }

    /// A change under way may still happen; who leads next sees it in the tree.
    public mutating func leadershipDidEnd() {
        leading = nil
        nextDeadline = nil
    }

    /// After every entry that changed something at or below `/rookery`.
    public mutating func treeDidChange(
        _ facts: ControllerFacts, at now: Instant, into directives: inout [ControllerDirective]
    ) {
        guard var state = leading else { return }
        let picture = ClusterPicture(facts, after: state.picture)
        state.picture = picture
        epochSeen = max(epochSeen, picture.ring?.epoch ?? epochSeen)
        let voters = picture.groups.values.flatMap(\.voters)
        let named = Set(voters + (picture.ring?.nodes ?? []))
        for node in state.watch.update(picture.members, named: named, at: now) {
            directives.append(.observe(.flapping(node)))
        }
        leading = state
        report(picture, at: now, into: &directives)
        plan(at: now, into: &directives)
    }

    /// - Parameter error: why the multi was refused; nil if it was applied.
    public mutating func changeDidFinish(
        _ id: ControllerChangeID, error: ZooKeeperError?, at now: Instant,
        into directives: inout [ControllerDirective]
    ) {
        guard let underWay = leading?.underWay, underWay.id == id else { return }
        leading?.underWay = nil
        // Either way the news of what the tree is now may still be on its way.
        leading?.retryAt = now + settings.retryDelay
        if let error {
            directives.append(.observe(.refused(underWay.change.reason, error)))
        } else {
            note(underWay.change, at: now)
        }
        plan(at: now, into: &directives)
    }

    public mutating func timeDidAdvance(
        to now: Instant, into directives: inout [ControllerDirective]
    ) {
        guard let deadline = nextDeadline, now >= deadline else { return }
        if let picture = leading?.picture { report(picture, at: now, into: &directives) }
        plan(at: now, into: &directives)
    }

    private mutating func note(_ change: ControllerChange, at now: Instant) {
        switch change.reason {
        case .founding: break
        case .ring(let epoch, _, let voluntaryArcsCount, _):
            epochSeen = max(epochSeen, epoch)
            leading?.ringChangedAt = now
            leading?.ringWantedSince = nil
            if voluntaryArcsCount > 0 { leading?.voluntaryMovedAt = now }
        case .replica, .leader: leading?.groupChangedAt = now
        }
    }

    // MARK: Planning

    private mutating func plan(at now: Instant, into directives: inout [ControllerDirective]) {
        guard let picture = leading?.picture else { return }
        var deadlines: [Instant] = []
        if let underWay = leading?.underWay {
            let due = underWay.since + settings.changeTimeout
            guard now >= due else {
                nextDeadline = due
                return
            }
            leading?.underWay = nil
        }
        if let retryAt = leading?.retryAt, now < retryAt {
            nextDeadline = retryAt
            return
        }
        let change =
            planner.founding(picture, epochSeen: epochSeen)
            ?? ringChange(picture, at: now, &deadlines)
            ?? groupChange(picture, at: now, &deadlines)
        if let change {
            changesCount += 1
            let id = ControllerChangeID(changesCount)
            leading?.underWay = (id, change, now)
            directives.append(.commit(id, change))
            nextDeadline = now + settings.changeTimeout
            return
        }
        deadlines += [leading?.watch.nextDeadline(after: now)].compactMap(\.self)
        nextDeadline = deadlines.min()
    }

    /// Waits until changes have come together, and between two steps of arcs that need not move.
    private mutating func ringChange(
        _ picture: ClusterPicture, at now: Instant, _ deadlines: inout [Instant]
    ) -> ControllerChange? {
        guard let state = leading, let owners = picture.ring?.nodes else { return nil }
        var voluntaryArcsMaximum = settings.arcsPerStepMaximum
        let nextStep = state.voluntaryMovedAt + settings.stepInterval
        if now < nextStep {
            voluntaryArcsMaximum = 0
            deadlines.append(nextStep)
        }
        let change = planner.ring(
            picture, nodes: state.watch.ringNodes(owners: owners, at: now),
            voluntaryArcsMaximum: voluntaryArcsMaximum)
        guard let change else {
            leading?.ringWantedSince = nil
            return nil
        }
        let wantedSince = state.ringWantedSince ?? now
        leading?.ringWantedSince = wantedSince
        let due = max(wantedSince, state.ringChangedAt) + settings.coalesceDelay
        guard now >= due else {
            deadlines.append(due)
            return nil
        }
        return change
    }

    private func groupChange(
        _ picture: ClusterPicture, at now: Instant, _ deadlines: inout [Instant]
    ) -> ControllerChange? {
        guard let state = leading else { return nil }
        let due = state.groupChangedAt + settings.groupChangeInterval
        guard now >= due else {
            deadlines.append(due)
            return nil
        }
        return planner.group(picture, state.watch, at: now)
    }

    // MARK: Reporting

    /// Each trouble once, when it begins, and once more when bytes can be read again.
    private mutating func report(
        _ picture: ClusterPicture, at now: Instant, into directives: inout [ControllerDirective]
    ) {
        guard let state = leading else { return }
        var troubles: [ControllerObservation] = picture.undecodable.map {
            .undecodable($0.key, $0.value)
        }
        for (id, assignment) in picture.groups
        where planner.hasLostQuorum(assignment, state.watch, at: now) {
            troubles.append(.withoutQuorum(id))
        }
        for trouble in troubles where !state.reported.contains(trouble) {
            directives.append(.observe(trouble))
        }
        let repaired = state.reported.compactMap { observation -> ZnodePath? in
            guard case .undecodable(let path, _) = observation else { return nil }
            return picture.undecodable[path] == nil ? path : nil
        }
        for path in repaired.sorted() { directives.append(.observe(.readable(path))) }
        leading?.reported = Set(troubles)
    }
}

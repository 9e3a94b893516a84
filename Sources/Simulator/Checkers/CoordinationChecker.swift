import ClusterNode
import Coordination
import CoordinationService
import Raft
import Replication
import Toolbox
import VirtualWorld
import Vocabulary
import ZooKeeperWire

/// What must hold of the coordination service, looked at after each turn of a node: the log as it
/// is committed, the nodes' copies of the tree, and what leaders do.
struct CoordinationChecker: Sendable {
    private(set) var model = CoordinationModel()
    private var streams = StreamsAreWhole()
    var expiries: SessionsEndInTime
    var strangers = StrangersStayOut()
    /// The highest number that any client was told: no later read may show an older state.
    var told = Zxid.zero
    /// There are clients to be looked after.
    private let isWanted: Bool

    init(nodes: Int, isWanted: Bool, settings: NodeSettings) {
        self.isWanted = isWanted
        expiries = SessionsEndInTime(
            nodes: nodes, tick: settings.coordination.tick,
            lease: settings.replica.raft.leaseDuration)
    }

    /// After a turn of a node.
    mutating func observe(
        _ instance: inout NodeInstance, on node: Int, at now: WorldTime, _ clock: Instant,
        into violations: inout [Violation]
    ) {
        guard isWanted else { return }
        instance.withCoordination { raft, _ in
            follow(raft, at: now, into: &violations)
            let sight = SessionsEndInTime.Sight(raft: raft, node: node, time: now, clock: clock)
            expiries.look(at: sight, model, into: &violations)
        }
    }

    /// Reads what has become committed.
    private mutating func follow(
        _ raft: RaftInstance, at now: WorldTime, into violations: inout [Violation]
    ) {
        guard raft.commitIndex > model.through else { return }
        let first = model.through.next
        guard raft.firstIndex <= first else {
            violations.append(
                Violation("CommittedIsSeen", "\(raft.firstIndex) is the first, after \(first)"))
            return
        }
        for entry in raft.entries(from: first, through: raft.commitIndex) {
            guard entry.kind == .command else {
                model.skip(entry.index)
                continue
            }
            do throws(DecodeFailure) {
                let command = try CoordinationCommand(
                    decoding: CommandEnvelope.unwrap(entry.payload).command)
                model.apply(command, at: entry.index)
                streams.note(command, into: &violations)
                strangers.note(command, into: &violations)
                if let session = model.attached { expiries.attached(session, now) }
            } catch {
                violations.append(Violation("CommandsAreWellFormed", "\(entry.index): \(error)"))
                model.skip(entry.index)
            }
        }
    }

    /// After all clients have left.
    func checkRest(
        _ instance: NodeInstance, on node: Int, into violations: inout [Violation]
    ) {
        guard isWanted else { return }
        instance.withCoordination { _, machine in
            EphemeralsLiveWithSession.checkRest(machine, model, on: node, into: &violations)
        }
    }

    /// Looks at the whole of one node's copy.
    func sweep(
        _ instance: NodeInstance, on node: Int, into violations: inout [Violation]
    ) {
        guard isWanted else { return }
        instance.withCoordination { _, machine in
            EphemeralsLiveWithSession.check(machine, model, on: node, into: &violations)
        }
    }
}

import Coordination
import Toolbox
import VirtualWorld
import ZooKeeperWire

/// On every node's copy: an ephemeral node is there exactly as long as its session, unless a client
/// deleted it; and the whole tree is as the log makes it.
enum EphemeralsLiveWithSession {
    static func check(
        _ machine: CoordinationMachine, _ model: CoordinationModel, on node: Int,
        into violations: inout [Violation]
    ) {
        let paths = model.paths
        let stats = paths.map { stat(at: $0, machine) }
        for (path, stat) in zip(paths, stats) {
            guard let owner = stat?.ephemeralOwner, owner != .none,
                machine.session(owner)?.isClosing ?? true
            else { continue }
            violations.append(
                Violation(
                    "EphemeralsLiveWithSession",
                    "n\(node + 1) at \(machine.zxid): \(path) of \(owner), which is over"))
        }
        for (path, stat) in zip(paths, stats) {
            let expected = model.node(at: path, asOf: machine.zxid)?.stat
            guard stat != expected else { continue }
            let isEphemeral = expected.map { $0.ephemeralOwner != .none } ?? false
            violations.append(
                Violation(
                    isEphemeral && stat == nil
                        ? "EphemeralsLiveWithSession" : "CopiesFollowTheLog",
                    "n\(node + 1) at \(machine.zxid): \(path) is \(text(stat)), and right is"
                        + " \(text(expected))"))
        }
    }

    /// All clients have closed their sessions: nothing of theirs is left.
    static func checkRest(
        _ machine: CoordinationMachine, _ model: CoordinationModel, on node: Int,
        into violations: inout [Violation]
    ) {
        for path in model.paths where !path.isDescendant(of: "/rookery") {
            guard let owner = stat(at: path, machine)?.ephemeralOwner, owner != .none else {
                continue
            }
            violations.append(
                Violation(
                    "EphemeralsLiveWithSession",
                    "n\(node + 1): all sessions were closed, and \(path) of \(owner) is left"))
        }
    }

    private static func stat(at path: ZnodePath, _ machine: CoordinationMachine) -> NodeStat? {
        do throws(ZooKeeperError) {
            return try machine.stat(at: path, for: []).timeless
        } catch {
            return nil
        }
    }

    private static func text(_ stat: NodeStat?) -> String { stat.map { "\($0)" } ?? "nothing" }
}

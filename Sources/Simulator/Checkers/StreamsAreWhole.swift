public import Coordination
public import VirtualWorld
import ZooKeeperWire

/// Commands of one connection reach the log in their order, each once, and none behind one that is
/// lost: a client that pipelines may count on that.
public struct StreamsAreWhole: Sendable {
    /// The number of each connection's last command; for look-up only.
    private var last: [CoordinationOwner: Int32] = [:]

    public init() {}

    /// The next command of the log.
    public mutating func note(_ command: CoordinationCommand, into violations: inout [Violation]) {
        let requester: CoordinationRequester
        switch command {
        case .write(let write): requester = write.requester
        case .closeSession(let asked): requester = asked
        case .openSession, .attachSession, .expireSessions, .continueClosing, .reap,
            .publishConfiguration:
            return
        }
        let before = last[requester.owner] ?? 0
        last[requester.owner] = requester.xid.rawValue
        if requester.xid.rawValue != before + 1 {
            violations.append(
                Violation(
                    "StreamsAreWhole",
                    "\(requester.owner) of \(requester.session): command"
                        + " \(requester.xid.rawValue) follows \(before)"))
        }
    }
}

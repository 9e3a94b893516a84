import Coordination
import VirtualWorld

/// Who knows a session's number and not its password can do it no harm.
struct StrangersStayOut: Sendable {
    /// For look-up only.
    private var strangers: Set<CoordinationOwner> = []

    /// Somebody is about to show a wrong password over this connection.
    mutating func expect(_ owner: CoordinationOwner) { strangers.insert(owner) }

    func note(_ command: CoordinationCommand, into violations: inout [Violation]) {
        guard case .attachSession(let session, _, let owner) = command, strangers.contains(owner)
        else { return }
        violations.append(
            Violation("StrangersStayOut", "\(session) was given to who does not know its password"))
    }
}

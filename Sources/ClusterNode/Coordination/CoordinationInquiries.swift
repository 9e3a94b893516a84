import AdminWire
import Toolbox
import Vocabulary

/// What operators ask of the coordination tree, and where each question stands.
struct CoordinationInquiries: Sendable {
    /// From the request to the answer at the latest; clusterctl waits a little longer.
    static let patience: Duration = .seconds(10)

    enum Subject: Hashable, Sendable {
        case znode(ZnodeQuestion)
        case sessions
    }

    /// Answered once this node has applied everything through `index`.
    struct Pending: Sendable {
        var connection: ConnectionID
        var subject: Subject
        var index: LogIndex
        var deadline: Instant
    }

    private(set) var pending: [Pending] = []

    mutating func wait(
        _ connection: ConnectionID, _ subject: Subject, for index: LogIndex, at now: Instant
    ) {
        pending.append(
            Pending(
                connection: connection, subject: subject, index: index,
                deadline: now + Self.patience))
    }

    var nextDeadline: Instant? { pending.map(\.deadline).min() }

    /// Takes those out that `isOver`.
    mutating func take(where isOver: (Pending) -> Bool) -> [Pending] {
        guard pending.contains(where: isOver) else { return [] }
        let taken = pending.filter(isOver)
        pending.removeAll(where: isOver)
        return taken
    }
}

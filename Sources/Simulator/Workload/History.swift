import ChatWire
import Vocabulary

/// What the clients asked for and were told, as they saw it.
struct History: Sendable {
    /// One message that somebody wanted to send.
    struct Send: Sendable {
        let client: Int
        let user: UserID
        let chat: ChatID
        let id: ClientMessageID
        let text: String
        let invoked: WorldTime
        var completed: WorldTime?
        var outcome = Outcome.pending

        enum Outcome: Sendable {
            case pending
            case accepted(seq: SequenceNumber, ord: UInt64, isDuplicate: Bool)
            case refused(ErrorCode)
            /// Something was refused after an attempt whose end nobody knows.
            case unknown
        }

        var acceptedAt: SequenceNumber? {
            if case .accepted(let seq, _, _) = outcome { seq } else { nil }
        }
    }

    /// One change of a chat's members.
    struct Change: Sendable {
        enum Kind: Sendable { case create, add(UserID), remove(UserID) }

        let client: Int
        let kind: Kind
        var chat: ChatID?
        let invoked: WorldTime
        var completed: WorldTime?
        /// In force from here on.
        var seq: SequenceNumber?
    }

    /// One page of a chat's log, as one user got it.
    struct Reading: Sendable {
        let client: Int
        let user: UserID
        let chat: ChatID
        let invoked: WorldTime
        let completed: WorldTime
        /// Nil if the chat was refused.
        let entries: [EntryFrame]?
        let head: SequenceNumber
    }

    /// One entry that a device was shown as it happened or while it caught up.
    struct Showing: Sendable {
        let client: Int
        let user: UserID
        let entry: EntryFrame
        let at: WorldTime
    }

    var sends: [Send] = []
    var changes: [Change] = []
    var readings: [Reading] = []
    var showings: [Showing] = []
    /// Whole chats, read page after page when all was over.
    var finalReadings: [Reading] = []

    mutating func begin(_ send: Send) -> Int {
        sends.append(send)
        return sends.count - 1
    }

    mutating func finish(_ send: Int, _ outcome: Send.Outcome, at time: WorldTime) {
        guard case .pending = sends[send].outcome else { return }
        sends[send].outcome = outcome
        sends[send].completed = time
    }

    var pendingSends: Int {
        sends.reduce(0) { count, send in
            if case .pending = send.outcome { count + 1 } else { count }
        }
    }
}

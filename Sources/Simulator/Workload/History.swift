public import ChatWire
public import Vocabulary
import VirtualWorld

/// What the clients asked for and were told, as they saw it.
public struct History: Sendable {
    /// One message that somebody wanted to send.
    public struct Send: Sendable {
        public let client: Int
        public let user: UserID
        public let chat: ChatID
        public let id: ClientMessageID
        public let text: String
        public let invoked: WorldTime
        public var completed: WorldTime?
        public var outcome = Outcome.pending

        public enum Outcome: Sendable {
            case pending
            case accepted(seq: SequenceNumber, ord: UInt64, isDuplicate: Bool)
            case refused(ErrorCode)
            /// Something was refused after an attempt whose end nobody knows.
            case unknown
        }

        public init(
            client: Int, user: UserID, chat: ChatID, id: ClientMessageID, text: String,
            invoked: WorldTime
        ) {
            self.client = client
            self.user = user
            self.chat = chat
            self.id = id
            self.text = text
            self.invoked = invoked
        }

        public var acceptedAt: SequenceNumber? {
            if case .accepted(let seq, _, _) = outcome { seq } else { nil }
        }
    }

    /// One change of a chat's members.
    public struct Change: Sendable {
        public enum Kind: Sendable { case create, add(UserID), remove(UserID) }

        public let client: Int
        public let kind: Kind
        public var chat: ChatID?
        public let invoked: WorldTime
        public var completed: WorldTime?
        /// In force from here on.
        public var seq: SequenceNumber?

        public init(client: Int, kind: Kind, chat: ChatID?, invoked: WorldTime) {
            self.client = client
            self.kind = kind
            self.chat = chat
            self.invoked = invoked
        }
    }

    /// One page of a chat's log, as one user got it.
    public struct Reading: Sendable {
        public let client: Int
        public let user: UserID
        public let chat: ChatID
        public let invoked: WorldTime
        public let completed: WorldTime
        /// Nil if the chat was refused.
        public let entries: [EntryFrame]?
        public let head: SequenceNumber

        public init(
            client: Int, user: UserID, chat: ChatID, times: ClosedRange<WorldTime>,
            entries: [EntryFrame]?, head: SequenceNumber
        ) {
            self.client = client
            self.user = user
            self.chat = chat
            invoked = times.lowerBound
            completed = times.upperBound
            self.entries = entries
            self.head = head
        }
    }

    /// One entry that a device was shown as it happened or while it caught up.
    public struct Showing: Sendable {
        public let client: Int
        public let user: UserID
        public let entry: EntryFrame
        public let at: WorldTime

        public init(client: Int, user: UserID, entry: EntryFrame, at: WorldTime) {
            self.client = client
            self.user = user
            self.entry = entry
            self.at = at
        }
    }

    public var sends: [Send] = []
    public var changes: [Change] = []
    public var readings: [Reading] = []
    public var showings: [Showing] = []
    /// Whole chats, read page after page when all was over.
    public var finalReadings: [Reading] = []

    public init() {}

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

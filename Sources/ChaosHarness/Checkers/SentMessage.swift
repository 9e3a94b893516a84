public import ChatWire
public import Toolbox
public import Vocabulary

/// One message of a run, as its sender knows it.
public struct SentMessage: Hashable, Sendable {
    public enum Outcome: Hashable, Sendable {
        /// Whether it was taken is not known.
        case unknown
        case acknowledged(SendReceipt, at: Instant)
        case refused(ErrorReport)
    }

    public let chat: ChatID
    public let from: UserID
    public let id: ClientMessageID
    public let text: Bytes
    /// When it was first given to the client.
    public let sentAt: Instant
    public var outcome = Outcome.unknown

    public init(chat: ChatID, from: UserID, id: ClientMessageID, text: Bytes, sentAt: Instant) {
        self.chat = chat
        self.from = from
        self.id = id
        self.text = text
        self.sentAt = sentAt
    }

    /// What the sender was told; nil if it was not acknowledged.
    public var receipt: SendReceipt? {
        if case .acknowledged(let receipt, _) = outcome { receipt } else { nil }
    }
}

public import ChatWire
public import Toolbox
public import Vocabulary

/// What happened to a client's connection.
public enum ChatClientEvent: Sendable {
    case connected(ConnectionID)
    case received(ConnectionID, Bytes)
    /// Closed by the other side, failed, or never made.
    case closed(ConnectionID)
}

/// What a client wants done, in array order.
public enum ChatClientDirective: Hashable, Sendable {
    /// Answered by `connected` or `closed`.
    case connect(ConnectionID, ServerAddress)
    case send(ConnectionID, Bytes)
    /// Once all is sent. No event of this connection is wanted any more.
    case close(ConnectionID)
    /// For the application.
    case report(ChatClientReport)
}

/// What the application learns.
public enum ChatClientReport: Hashable, Sendable {
    case welcomed(Welcome)
    /// The connection is gone; another one is being made.
    case disconnected(Disconnection)
    /// No further connection is made.
    case stopped(Disconnection)
    /// A majority has the message on disk. Comes once for each send.
    case acknowledged(ClientMessageID, chat: ChatID, SendReceipt)
    /// The message will not be taken; trying again is of no use. Comes instead of `acknowledged`.
    case refused(ClientMessageID, chat: ChatID, ErrorReport)
    /// The next entry of its chat.
    case entry(EntryFrame)
    /// Entries between these two are not shown to this user: the chat's history starts later.
    case skipped(ChatID, after: SequenceNumber, upTo: SequenceNumber)
    /// All that was known to be missing has come.
    case caughtUp
    /// The user is not in this chat any more.
    case left(ChatID)
    case changed(ConversationChange)
    case receipt(Receipt)
}

/// Why a connection ended.
public enum Disconnection: Hashable, Sendable {
    /// Nobody answered there.
    case unreachable
    /// The connection broke.
    case lost
    /// No answer, or no sign of life, in time.
    case silent
    /// The other side does not speak the protocol.
    case garbled
    /// The node does not serve now.
    case unavailable
    /// The node asked to go.
    case goneAway(Goaway.Reason)
    case closed(code: UInt16)
    case refused(ErrorReport)
    /// The application wanted it.
    case asked
}

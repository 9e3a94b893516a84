public import Toolbox
public import Vocabulary

/// What the server says over a socket: one JSON object, `op` first, then `push` where it has one.
public enum ServerFrame: Hashable, Sendable {
    case welcome(Welcome)
    case ok(id: FrameID?, Answer)
    case error(id: FrameID?, ErrorReport)
    /// Servers write pushed entries by `EntryFrame.write(push:tail:into:)`.
    case entry(push: UInt64, EntryFrame)
    /// Entries up to `head` exist that are not pushed: pull them.
    case gap(push: UInt64, chat: ChatID, head: SequenceNumber)
    case chat(push: UInt64, ConversationChange)
    case receipt(Receipt)
    case goaway(Goaway)
    case pong(time: WallTime)
    /// An `op` that this side does not know; clients ignore it, but acknowledge its `push`.
    case unknown(operation: String, push: UInt64?)

    /// What an `ok` carries.
    public enum Answer: Hashable, Sendable {
        case sent(SendReceipt)
        case page(EntryPage)
        case conversations(ConversationPage)
        /// Of a `call`; `body` is a JSON document, or nothing.
        case called(status: Int, body: Bytes?)
        case nothing
    }

    /// The number of a durable frame.
    public var push: UInt64? {
        switch self {
        case .entry(let push, _), .gap(let push, _, _), .chat(let push, _): push
        case .unknown(_, let push): push
        case .welcome, .ok, .error, .receipt, .goaway, .pong: nil
        }
    }
}

/// The answer to `hello`.
public struct Welcome: Hashable, Sendable {
    /// The `hello`'s.
    public var id: FrameID?
    public var session: ClientSessionID
    public var user: UserID
    public var device: DeviceID
    public var node: NodeID
    public var ringEpoch: RingEpoch
    public var time: WallTime
    public var heartbeatMilliseconds = 30_000
    public var isResumed = false
    /// The position at attachment; opaque.
    public var cursor: Bytes
    /// Something changed after `hello.cursor`; nil if none was given.
    public var isBehind: Bool?
    public var limits = ClientLimits()

    public init(
        session: ClientSessionID, user: UserID, device: DeviceID, node: NodeID, time: WallTime,
        cursor: Bytes
    ) {
        self.session = session
        self.user = user
        self.device = device
        self.node = node
        self.ringEpoch = RingEpoch(0)
        self.time = time
        self.cursor = cursor
    }
}

/// The bounds that a client should know.
public struct ClientLimits: Hashable, Sendable {
    public var textScalars = Limits.textScalarsMaximum
    public var messageBytes = Limits.clientMessageBytesMaximum
    public var chatMembers = Limits.chatMembersMaximum
    public var pageEntries = Page.limitMaximum
    public var mentions = MessageDraft.mentionsMaximum
    public var attachments = MessageDraft.attachmentsMaximum

    public init() {}
}

/// What changed about a chat for the user's devices.
public struct ConversationChange: Hashable, Sendable {
    public enum Change: String, CaseIterable, Sendable {
        case added, removed, read, muted
    }

    public var chat: ChatID
    public var change: Change
    /// With `read`.
    public var read: SequenceNumber?

    public init(chat: ChatID, change: Change, read: SequenceNumber? = nil) {
        self.chat = chat
        self.change = change
        self.read = read
    }
}

/// How far somebody else received and read a chat.
public struct Receipt: Hashable, Sendable {
    public var chat: ChatID
    public var user: UserID
    public var delivered: SequenceNumber?
    public var read: SequenceNumber?

    public init(
        chat: ChatID, user: UserID, delivered: SequenceNumber? = nil, read: SequenceNumber? = nil
    ) {
        self.chat = chat
        self.user = user
        self.delivered = delivered
        self.read = read
    }
}

/// The server asks the client to connect again, here or at `url`.
public struct Goaway: Hashable, Sendable {
    public enum Reason: String, CaseIterable, Sendable {
        case drain, ring, restart
    }

    public var reason: Reason
    /// Already jittered for this connection.
    public var afterMilliseconds: Int
    public var url: String?

    public init(reason: Reason, afterMilliseconds: Int, url: String? = nil) {
        self.reason = reason
        self.afterMilliseconds = afterMilliseconds
        self.url = url
    }
}

/// Why a WebSocket was closed.
public enum ClientCloseCode: UInt16, CaseIterable, Sendable {
    case restart = 4000
    case noHello = 4001
    /// Do not repeat.
    case badFrame = 4002
    case authenticationFailed = 4003
    case sessionReplaced = 4004
    /// Connect without `resume`.
    case resumeLost = 4005
    /// Connect and sync.
    case tooSlow = 4006
    case rateLimited = 4007
    case wrongNode = 4008
    case accountDisabled = 4009
}

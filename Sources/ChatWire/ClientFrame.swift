public import Toolbox
public import Vocabulary

/// What a client says over its socket: one JSON object, named by its `op`.
public enum ClientFrame: Hashable, Sendable {
    case hello(Hello)
    case send(SendFrame)
    case get(GetFrame)
    case sync(SyncFrame)
    case mark(MarkFrame)
    case call(CallFrame)
    /// Also acknowledges pushes up to `push`.
    case ping(push: UInt64?)
    /// Any other `op`: answered by `unknown_op`.
    case unknown(operation: String, id: FrameID?)
}

/// The first frame of a connection.
public struct Hello: Hashable, Sendable {
    public enum Resume: Hashable, Sendable {
        case none
        case from(session: ClientSessionID, push: UInt64)
        /// Not of the right shape: closed with 4005.
        case malformed
    }

    public var id: FrameID?
    public var token: Bytes
    /// Must be the token's.
    public var device: DeviceID?
    public var resume: Resume = .none
    /// Opaque; see `SyncCursor`.
    public var cursor: Bytes?

    public init(id: FrameID?, token: Bytes) {
        self.id = id
        self.token = token
    }
}

public struct SendFrame: Hashable, Sendable {
    public var id: FrameID
    public var chat: ChatID
    public var draft: MessageDraft

    public init(id: FrameID, chat: ChatID, draft: MessageDraft) {
        self.id = id
        self.chat = chat
        self.draft = draft
    }
}

public struct GetFrame: Hashable, Sendable {
    public var id: FrameID
    public var chat: ChatID
    public var position: PagePosition
    /// In `1 ... Page.limitMaximum`.
    public var limit: Int

    public init(
        id: FrameID, chat: ChatID, position: PagePosition, limit: Int = Page.limitDefault
    ) {
        self.id = id
        self.chat = chat
        self.position = position
        self.limit = limit
    }
}

public struct SyncFrame: Hashable, Sendable {
    public var id: FrameID
    /// Opaque; see `SyncCursor`.
    public var cursor: Bytes?
    /// In `1 ... Page.limitMaximum`.
    public var limit: Int

    public init(id: FrameID, cursor: Bytes?, limit: Int = Page.limitDefault) {
        self.id = id
        self.cursor = cursor
        self.limit = limit
    }
}

/// How far the user received and read a chat; has no answer.
public struct MarkFrame: Hashable, Sendable {
    public var chat: ChatID
    public var delivered: SequenceNumber?
    public var read: SequenceNumber?

    public init(chat: ChatID, delivered: SequenceNumber? = nil, read: SequenceNumber? = nil) {
        self.chat = chat
        self.delivered = delivered
        self.read = read
    }
}

/// An HTTP operation over the socket.
public struct CallFrame: Hashable, Sendable {
    public var id: FrameID
    public var method: Bytes
    /// Path and query.
    public var target: Bytes
    public var body: JSONValue?

    public init(id: FrameID, method: Bytes, target: Bytes, body: JSONValue? = nil) {
        self.id = id
        self.method = method
        self.target = target
        self.body = body
    }
}

public import Toolbox
public import Vocabulary

/// One session of the coordination service.
public struct SessionStatus: AdminShape {
    /// As ZooKeeper prints it, such as `0x100000000000001`.
    public var session: String
    /// Where its client was connected last.
    public var node: NodeID
    public var timeoutMilliseconds: Int32
    public var openedAt: WallTime
    public var ephemerals: UInt64
    /// It is over, and the last of its nodes are being deleted.
    public var isClosing: Bool

    public init(
        session: String, node: NodeID, timeoutMilliseconds: Int32, openedAt: WallTime,
        ephemerals: UInt64, isClosing: Bool = false
    ) {
        self.session = session
        self.node = node
        self.timeoutMilliseconds = timeoutMilliseconds
        self.openedAt = openedAt
        self.ephemerals = ephemerals
        self.isClosing = isClosing
    }

    public func write(into json: inout JSONWriter) {
        json.beginObject()
        json.member("session", session)
        json.member("node", numbered: node)
        json.member("timeout_milliseconds", Int64(timeoutMilliseconds))
        json.member("opened_at", openedAt.milliseconds)
        json.member("ephemerals", ephemerals)
        json.member("closing", isClosing)
        json.endObject()
    }

    public init(from value: JSONValue) throws(AdminFailure) {
        let fields = try AdminFields(value, of: "session")
        session = try fields.text("session")
        node = try fields.numbered("node")
        timeoutMilliseconds = try fields.number("timeout_milliseconds")
        openedAt = WallTime(milliseconds: try fields.number("opened_at"))
        ephemerals = try fields.number("ephemerals")
        isClosing = try fields.flag("closing")
    }
}

/// The sessions of the coordination service, as of one moment of the cluster.
public struct SessionsReport: AdminShape {
    /// Sessions told at most: those with the lowest ids.
    public static let sessionsMaximum = 10_000

    /// Read when everything through it was applied.
    public var through: LogIndex
    /// By the clock of the node that answers.
    public var now: WallTime
    /// All of them, told or not.
    public var count: UInt64
    /// By id.
    public var sessions: [SessionStatus]

    public init(through: LogIndex, now: WallTime, count: UInt64, sessions: [SessionStatus]) {
        self.through = through
        self.now = now
        self.count = count
        self.sessions = sessions
    }

    public func write(into json: inout JSONWriter) {
        json.beginObject()
        json.member("through", through.rawValue)
        json.member("now", now.milliseconds)
        json.member("count", count)
        json.member("sessions", sessions)
        json.endObject()
    }

    public init(from value: JSONValue) throws(AdminFailure) {
        let fields = try AdminFields(value, of: "sessions")
        through = LogIndex(try fields.number("through", UInt64.self))
        now = WallTime(milliseconds: try fields.number("now"))
        count = try fields.number("count")
        sessions = try fields.list("sessions")
    }
}

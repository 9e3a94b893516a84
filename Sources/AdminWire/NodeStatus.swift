public import Toolbox
public import Vocabulary

/// A node as operators see it.
public struct NodeStatus: AdminShape {
    public enum State: String, CaseIterable, Hashable, Sendable {
        /// Alive, but some group that it holds has no leader that it knows of, or the coordination
        /// service does not confirm that it is a member.
        case starting
        /// Serves clients.
        case ready
        /// Was told to end, and finishes what it began.
        case stopping
        /// Does not answer. Said by who asked, never by the node itself.
        case down
    }

    public var node: NodeID
    /// 0 where it is not known, since the node is down.
    public var pid: Int32
    /// Where clients find it.
    public var url: String
    public var state: State
    public var incarnation: Incarnation
    public var uptimeSeconds: Double
    /// Of all its threads, since its start.
    public var cpuSeconds: Double
    /// Resident memory now.
    public var rssBytes: UInt64
    /// Client sockets that are open now.
    public var connections: UInt64
    /// The longest time that the node's thread was held by one turn, since its start.
    public var longestTurnMicroseconds: UInt64
    /// Messages of peers that were not for this node's copies, by reason; those that are not 0.
    public var dropped: [DroppedCount] = []

    public init(node: NodeID, pid: Int32, url: String, state: State, incarnation: Incarnation) {
        self.node = node
        self.pid = pid
        self.url = url
        self.state = state
        self.incarnation = incarnation
        uptimeSeconds = 0
        cpuSeconds = 0
        rssBytes = 0
        connections = 0
        longestTurnMicroseconds = 0
    }

    /// What is said of a node that does not answer.
    public static func down(_ node: NodeID, url: String) -> NodeStatus {
        NodeStatus(node: node, pid: 0, url: url, state: .down, incarnation: Incarnation(0))
    }

    public func write(into json: inout JSONWriter) {
        json.beginObject()
        json.member("node", numbered: node)
        json.member("pid", Int64(pid))
        json.member("url", url)
        json.member("state", state.rawValue)
        json.member("incarnation", named: incarnation)
        json.key("uptime_seconds")
        json.value(uptimeSeconds)
        json.key("cpu_seconds")
        json.value(cpuSeconds)
        json.member("rss_bytes", rssBytes)
        json.member("connections", connections)
        json.member("longest_turn_us", longestTurnMicroseconds)
        if !dropped.isEmpty { json.member("dropped", dropped) }
        json.endObject()
    }

    public init(from value: JSONValue) throws(AdminFailure) {
        let fields = try AdminFields(value, of: "node")
        node = try fields.numbered("node")
        pid = try fields.number("pid")
        url = try fields.text("url")
        state = try fields.choice("state")
        incarnation = try fields.named("incarnation")
        uptimeSeconds = try fields.double("uptime_seconds")
        cpuSeconds = try fields.double("cpu_seconds")
        rssBytes = try fields.number("rss_bytes")
        connections = try fields.number("connections")
        longestTurnMicroseconds = try fields.number("longest_turn_us")
        dropped = try fields.listIfAny("dropped")
    }
}

/// How many messages of peers were dropped for one reason.
public struct DroppedCount: AdminShape {
    /// Such as `unknown_group`.
    public var reason: String
    public var count: UInt64

    public init(reason: String, count: UInt64) {
        self.reason = reason
        self.count = count
    }

    public func write(into json: inout JSONWriter) {
        json.beginObject()
        json.member("reason", reason)
        json.member("count", count)
        json.endObject()
    }

    public init(from value: JSONValue) throws(AdminFailure) {
        let fields = try AdminFields(value, of: "dropped")
        reason = try fields.text("reason")
        count = try fields.number("count")
    }
}

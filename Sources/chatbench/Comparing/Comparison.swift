/// What is compared with what, and what is wanted: the one place that names the peers' cases.
public enum Comparison {
    /// One case of ours, and the cases of others that do the same or the nearest.
    public struct Row: Sendable {
        public let caseName: String
        /// What is compared, for people.
        public let what: String
        public let others: [Other]
    }

    public struct Other: Hashable, Sendable {
        public let peer: String
        public let caseName: String
    }

    /// How our own lines name us.
    public static let ourName = "rookery"
    /// What the machine itself can do, measured by `chatbench ceiling`.
    public static let ceilingName = "ceiling"

    public static let rows = [
        Row(
            caseName: "256x1",
            what: "256 WebSockets, one in flight each; four pushes for each message",
            others: by256),
        Row(
            caseName: "256x1_http", what: "256 HTTP connections, one in flight each; no pushes",
            others: by256),
        Row(
            caseName: "8x32", what: "8 WebSockets, 32 in flight each",
            others: [
                other("etcd", "put_8x32"), other("zookeeper", "set_8x32"),
                other("rabbitmq", "pub_1x256"),
            ]),
        Row(
            caseName: "1x256", what: "one WebSocket, 256 in flight",
            others: [other("rabbitmq", "pub_1x256"), other("nats", "nofsync_pub_1x256")]),
        Row(caseName: "1x1", what: "one WebSocket, one at a time", others: oneAtATime),
        Row(caseName: "1x1_http", what: "one HTTP connection, one at a time", others: oneAtATime),
        Row(
            caseName: "fanout100x1", what: "deliveries to 100, one message at a time",
            others: [
                other("etcd", "watch_fanout100"), other("zookeeper", "watch_fanout100"),
                other(ceilingName, "fanout100"),
            ]),
        Row(
            caseName: "fanout1000x8", what: "deliveries to 1,000, eight messages at a time",
            others: [
                other(ceilingName, "fanout1000"), other(ceilingName, "fanout1000_by8"),
            ]),
    ]

    private static let by256 = [
        other("etcd", "put_c256"), other("zookeeper", "set_256x1"),
        other("rabbitmq", "pub_64x4"), other("nats", "nofsync_pub_256x1_all3"),
    ]

    private static let oneAtATime = [
        other("etcd", "put_c1"), other("zookeeper", "set_sync1"),
        other("rabbitmq", "pub_sync1"), other("nats", "nofsync_pub_sync1"),
    ]

    /// Systems that there is something to compare with, in order of their first row.
    public static let peers: [String] = rows.reduce(into: []) { peers, row in
        for other in row.others where other.peer != ceilingName && !peers.contains(other.peer) {
            peers.append(other.peer)
        }
    }

    static func other(_ peer: String, _ caseName: String) -> Other {
        Other(peer: peer, caseName: caseName)
    }
}

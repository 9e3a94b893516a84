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

    /// A figure that must stand in a ratio to a peer's, measured in the same rounds.
    public struct Requirement: Sendable {
        public enum Relation: Hashable, Sendable {
            /// At least so many times the peer's.
            case atLeast(Double)
            /// At most so many times the peer's.
            case atMost(Double)
        }

        public let caseName: String
        public let figure: String
        public let other: Other
        public let relation: Relation
    }

    /// How our own lines name us.
    public static let ourName = "rookery"
    /// What the machine itself can do, measured by `chatbench ceiling`.
    public static let ceilingName = "ceiling"

    public static let rows = [
        Row(
            caseName: "256x1", what: "256 connections, one in flight each",
            others: [
                other("etcd", "put_c256"), other("zookeeper", "set_256x1"),
                other("rabbitmq", "pub_64x4"), other("nats", "nofsync_pub_256x1_all3"),
            ]),
        Row(
            caseName: "8x32", what: "8 connections, 32 in flight each",
            others: [
                other("etcd", "put_8x32"), other("zookeeper", "set_8x32"),
                other("rabbitmq", "pub_1x256"),
            ]),
        Row(
            caseName: "1x256", what: "one connection, 256 in flight",
            others: [other("rabbitmq", "pub_1x256"), other("nats", "nofsync_pub_1x256")]),
        Row(
            caseName: "1x1", what: "one at a time",
            others: [
                other("etcd", "put_c1"), other("zookeeper", "set_sync1"),
                other("rabbitmq", "pub_sync1"), other("nats", "nofsync_pub_sync1"),
            ]),
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

    public static let requirements = [
        requirement("256x1", "ops_s", .atLeast(5), other("etcd", "put_c256")),
        requirement("256x1", "ops_s", .atLeast(2), other("zookeeper", "set_256x1")),
        requirement("8x32", "ops_s", .atLeast(5), other("etcd", "put_8x32")),
        requirement("8x32", "ops_s", .atLeast(1.5), other("rabbitmq", "pub_1x256")),
        requirement("1x256", "ops_s", .atLeast(1), other("nats", "nofsync_pub_1x256")),
        requirement("1x1", "p50_us", .atMost(1), other("etcd", "put_c1")),
    ]

    /// Systems that there is something to compare with, in order of their first row.
    public static let peers: [String] = rows.reduce(into: []) { peers, row in
        for other in row.others where other.peer != ceilingName && !peers.contains(other.peer) {
            peers.append(other.peer)
        }
    }

    private static func other(_ peer: String, _ caseName: String) -> Other {
        Other(peer: peer, caseName: caseName)
    }

    private static func requirement(
        _ caseName: String, _ figure: String, _ relation: Requirement.Relation, _ other: Other
    ) -> Requirement {
        Requirement(caseName: caseName, figure: figure, other: other, relation: relation)
    }
}

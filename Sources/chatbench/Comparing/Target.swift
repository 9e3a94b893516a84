/// A figure of ours that is wanted: beside a peer's, measured in the same rounds, or by itself.
public struct Target: Sendable {
    public enum Bound: Hashable, Sendable {
        /// At least so many times the peer's.
        case timesAtLeast(Double, Comparison.Other)
        /// At most so many times the peer's.
        case timesAtMost(Double, Comparison.Other)
        /// At most so much.
        case atMost(Double)
        /// Whatever it is, it is measured.
        case stated
    }

    /// Cases of ours that count for it, the one of most work first. One that holds is enough; the
    /// table says of each whether it does.
    public let caseNames: [String]
    public let figure: String
    public let bound: Bound

    private init(_ caseNames: [String], _ figure: String, _ bound: Bound) {
        self.caseNames = caseNames
        self.figure = figure
        self.bound = bound
    }

    /// All that `--check` checks.
    public static let all =
        beside + [
            Target(["256x1"], "srv_cpu_s_100k", .atMost(4)),
            Target(["8x32"], "srv_cpu_s_100k", .atMost(4)),
            Target(["1x256"], "srv_cpu_s_100k", .atMost(4)),
            Target(["256x1"], "longest_turn_us", .stated),
            Target(["8x32"], "longest_turn_us", .stated),
            Target(["1x256"], "longest_turn_us", .stated),
            Target(["256x1_online"], "ops_s", .stated),
            Target(["256x1_online"], "delivery_p50_us", .stated),
            Target(["8x32_online"], "ops_s", .stated),
            Target(["8x32_online"], "delivery_p50_us", .stated),
            Target(["1x256_online"], "ops_s", .stated),
            Target(["1x256_online"], "delivery_p50_us", .stated),
        ]

    private static let beside = [
        Target(by256, "ops_s", .timesAtLeast(5, Comparison.other("etcd", "put_c256"))),
        Target(by256, "ops_s", .timesAtLeast(2, Comparison.other("zookeeper", "set_256x1"))),
        Target(["8x32"], "ops_s", .timesAtLeast(5, Comparison.other("etcd", "put_8x32"))),
        Target(["8x32"], "ops_s", .timesAtLeast(1.5, Comparison.other("rabbitmq", "pub_1x256"))),
        Target(
            ["1x256"], "ops_s", .timesAtLeast(1, Comparison.other("nats", "nofsync_pub_1x256"))),
        Target(
            ["1x1", "1x1_http"], "p50_us", .timesAtMost(1, Comparison.other("etcd", "put_c1"))),
    ]

    private static let by256 = ["256x1", "256x1_http"]
}

import Vocabulary
import ZooKeeperWire

/// What `cons` tells of a connection.
struct ConnectionCounters: Sendable {
    let establishedAt: WallTime
    var received = 0
    var sent = 0
    var lastOperation: OperationCode?
    var lastXid = Xid(0)
    var lastZxid = Zxid.zero
    var latency = LatencyCounter()

    init(establishedAt: WallTime) { self.establishedAt = establishedAt }

    mutating func reset() {
        self = ConnectionCounters(establishedAt: establishedAt)
    }
}

/// How long requests took, in milliseconds as ZooKeeper tells them.
struct LatencyCounter: Sendable {
    private(set) var last: Int64 = 0
    private(set) var minimum: Int64 = 0
    private(set) var maximum: Int64 = 0
    private(set) var count: Int64 = 0
    private var sumNanoseconds: Int64 = 0

    mutating func add(_ duration: Duration) {
        let nanoseconds = max(duration.nanoseconds, 0)
        let milliseconds = nanoseconds / 1_000_000
        minimum = count == 0 ? milliseconds : min(minimum, milliseconds)
        maximum = max(maximum, milliseconds)
        last = milliseconds
        count += 1
        sumNanoseconds &+= nanoseconds
    }

    /// In microseconds.
    var meanMicroseconds: Int64 { count == 0 ? 0 : sumNanoseconds / count / 1_000 }
}

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

/// How long requests took.
struct LatencyCounter: Sendable {
    private var lastNanoseconds: Int64 = 0
    private var minimumNanoseconds: Int64 = .max
    private var maximumNanoseconds: Int64 = 0
    private var sumNanoseconds: Int64 = 0
    private(set) var count: Int64 = 0

    /// - Parameter nanoseconds: whole numbers, as this is called for every request.
    mutating func add(nanoseconds: Int64) {
        lastNanoseconds = nanoseconds
        minimumNanoseconds = min(minimumNanoseconds, nanoseconds)
        maximumNanoseconds = max(maximumNanoseconds, nanoseconds)
        sumNanoseconds &+= nanoseconds
        count += 1
    }

    // In whole milliseconds, as ZooKeeper tells them.
    var last: Int64 { lastNanoseconds / 1_000_000 }
    var minimum: Int64 { count == 0 ? 0 : minimumNanoseconds / 1_000_000 }
    var maximum: Int64 { maximumNanoseconds / 1_000_000 }

    /// In microseconds.
    var meanMicroseconds: Int64 { count == 0 ? 0 : sumNanoseconds / count / 1_000 }
}

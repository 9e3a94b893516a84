import VirtualWorld

/// How one direction between two hosts treats messages.
struct RaftLink: Sendable {
    /// Nanoseconds on top of the shortest way, on average.
    var delayMean: Int64
    /// Of 65,536 messages, so many are lost, doubled, or overtaken.
    var loss: UInt64 = 0
    var duplication: UInt64 = 0
    var reordering: UInt64 = 0
    var isBlocked = false
    /// Nothing arrives before this time.
    var cloggedUntil: Int64 = 0
    /// When the last message arrives; a later one does not overtake it.
    var lastArrival: Int64 = 0
}

/// The directed links between all hosts.
struct LinkTable: Sendable {
    let hosts: Int
    private let delayMean: Int64
    private var links: [RaftLink]

    /// Nanoseconds that every message takes at least.
    static let delayMinimum = 50 * Nanoseconds.microsecond

    init(hosts: Int, delayMean: Int64) {
        self.hosts = hosts
        self.delayMean = delayMean
        links = Array(repeating: RaftLink(delayMean: delayMean), count: hosts * hosts)
    }

    subscript(from: Int, to: Int) -> RaftLink {
        @inline(__always) get { links[from * hosts + to] }
        @inline(__always) _modify { yield &links[from * hosts + to] }
    }

    /// All links as they were at first; what is under way stays so.
    mutating func clear() {
        for index in links.indices {
            let lastArrival = links[index].lastArrival
            links[index] = RaftLink(delayMean: delayMean)
            links[index].lastArrival = lastArrival
        }
    }

    mutating func change(_ body: (_ from: Int, _ to: Int, inout RaftLink) -> Void) {
        for from in 0..<hosts {
            for to in 0..<hosts where to != from { body(from, to, &links[from * hosts + to]) }
        }
    }
}

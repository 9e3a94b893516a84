public import Raft
import Toolbox
import VirtualWorld

/// What one run is made of, drawn from its seed: how many hosts, which settings, which faults, how
/// much load.
///
/// Tiny windows, batches and logs make rare paths common; which of them are tiny differs from seed
/// to seed, as do the faults (swarm testing).
public struct RaftLayout: Sendable {
    /// Machines that make the group at first, each a voter.
    public var founders = 3
    /// Machines that may be taken in later.
    public var spares = 0
    /// The group begins by asking, as in a real cluster; else everybody knows its voters.
    public var isFounded = true
    /// Hosts answer reads under their lease where they hold one.
    public var usesLeases = true
    /// How much faster or slower than the truth a clock may run when it drifts, in millionths.
    ///
    /// A tenth either way is far more than any crystal does, and less than leases allow for.
    public var driftMaximum: Int64 = 100_000
    public var settings = RaftSettings()
    public var faults: [RaftFaultKind] = []
    /// Simulated seconds in which things go wrong.
    public var faultSeconds: Int64 = 60
    /// Nanoseconds between two faults, on average.
    public var faultInterval: Int64 = 800 * Nanoseconds.millisecond
    public var clients = 3
    /// Nanoseconds between an answer and the next question of one client, on average.
    public var thinkTime: Int64 = 200 * Nanoseconds.millisecond
    /// Percent of the questions that only read.
    public var readPercent = 30
    /// A snapshot each time so many entries were applied.
    public var snapshotEntries = Int.max
    /// Entries that stay in the log behind a snapshot.
    public var keptEntries = 50
    /// A snapshot travels in so many parts.
    public var snapshotParts = 1
    /// Nanoseconds of a sync on average.
    public var syncMean: Int64 = 500 * Nanoseconds.microsecond
    /// Nanoseconds of a message's way on average.
    public var delayMean: Int64 = 400 * Nanoseconds.microsecond
    /// What was sent to one life of a process never reaches the next, as with TCP.
    public var connectionsEndWithLives = true

    /// A mistake to make on purpose; see `RaftRun.init(seed:detail:planted:)`.
    public var planted: String?

    public init() {}

    var hosts: Int { founders + spares }

    public init(random: SeededRandom) {
        var random = random
        founders = random.choice(of: [1, 2, 3, 3, 3, 3, 3, 3, 3, 4, 4, 5, 5, 5, 5, 5, 5, 6, 7, 7])
        faults = Self.swarm(&random)
        if faults.contains(where: \.changesMembers) { spares = random.within(0...3) }
        isFounded = random.chance(0.6)
        usesLeases = random.chance(0.7)
        faultSeconds = random.choice(of: [20, 40, 60, 120])
        faultInterval = random.choice(of: [150, 400, 800, 2_000]) * Nanoseconds.millisecond
        clients = random.within(1...5)
        thinkTime = random.choice(of: [30, 100, 300, 1_000]) * Nanoseconds.millisecond
        readPercent = random.choice(of: [0, 30, 60])
        snapshotEntries = random.choice(of: [4, 20, 100, Int.max])
        keptEntries = random.choice(of: [0, 2, 50])
        snapshotParts = random.within(1...4)
        syncMean = random.choice(of: [100, 500, 2_000, 8_000]) * Nanoseconds.microsecond
        delayMean = random.choice(of: [200, 400, 2_000]) * Nanoseconds.microsecond
        connectionsEndWithLives = random.chance(0.75)
        drawTimes(&random)
        if random.chance(0.6) { shrink(&random) }
        settings.commitNoticeDelay = .milliseconds(random.choice(of: [0, 10, 10, 40]))
    }

    /// A random half of what can go wrong; a few seeds see everything, or nothing.
    private static func swarm(_ random: inout SeededRandom) -> [RaftFaultKind] {
        let all = RaftFaultKind.allCases
        switch random.below(20) {
        case 0: return []
        case 1: return all
        default: return Array(random.shuffled(all).prefix((all.count + 1) / 2))
        }
    }

    private mutating func drawTimes(_ random: inout SeededRandom) {
        let heartbeat = random.choice(of: [20, 50, 50, 50, 100])
        let minimum = heartbeat * random.choice(of: [4, 8, 8, 10])
        settings.heartbeatInterval = .milliseconds(heartbeat)
        settings.electionTimeoutMinimum = .milliseconds(minimum)
        settings.electionTimeoutMaximum = .milliseconds(
            minimum * random.choice(of: [5, 8, 8, 12]) / 4)
        settings.jointTimeout = .milliseconds(minimum * random.choice(of: [4, 25]))
        settings.diskStallTimeout = .milliseconds(minimum * random.choice(of: [1, 2, 8]))
        settings.quorumTimeout = .milliseconds(minimum * random.choice(of: [4, 6, 6, 8]) / 4)
    }

    private mutating func shrink(_ random: inout SeededRandom) {
        settings.appendEntriesMaximum = random.choice(of: [1, 2, 16])
        settings.appendBytesMaximum = random.choice(of: [1, 64, 64 << 10])
        settings.windowAppendsMaximum = random.choice(of: [1, 2, 8])
        settings.windowEntriesMaximum = random.choice(of: [1, 4, 1_000])
        settings.applyEntriesMaximum = random.choice(of: [1, 3, 64])
        settings.uncommittedEntriesMaximum = random.choice(of: [2, 20, 1_000])
        settings.readsWaitingMaximum = random.choice(of: [1, 8])
    }

    /// For people.
    var summary: String {
        "\(founders) founders, \(spares) spares, \(clients) clients, heartbeat"
            + " \(settings.heartbeatInterval), election"
            + " \(settings.electionTimeoutMinimum)-\(settings.electionTimeoutMaximum), snapshot"
            + " each \(snapshotEntries), faults: "
            + faults.map(\.rawValue).joined(separator: " ")
    }
}

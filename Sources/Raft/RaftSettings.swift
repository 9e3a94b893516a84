/// The knobs of one Raft instance.
public struct RaftSettings: Hashable, Sendable {
    /// How often a leader shows its followers that it lives. Beats fall on multiples of it on the
    /// node's monotonic clock, so that those of all groups leave together.
    public var heartbeatInterval: Duration = .milliseconds(50)
    /// The shortest silence after which a follower asks for votes; also how long a voter that heard
    /// its leader refuses to vote for another.
    public var electionTimeoutMinimum: Duration = .milliseconds(400)
    /// The longest such silence. Each term draws its own between the two.
    public var electionTimeoutMaximum: Duration = .milliseconds(800)
    /// A leader steps down when no quorum answered for so long.
    public var quorumTimeout: Duration = .milliseconds(600)
    /// Followers whose leader's process is gone ask for votes within this time, each after a
    /// random part of it, so that two seldom collide.
    public var leaderLossDelayMaximum: Duration = .milliseconds(30)
    /// Followers are told of a commit within this time if no append or heartbeat tells them before;
    /// 0 tells them at once, by a message of its own.
    public var commitNoticeDelay: Duration = .zero
    /// 255 asks for votes first, 0 last: each less waits longer, up to the spread of the election
    /// time-outs.
    public var electionPriority = UInt8.max
    /// A joint phase whose incoming voters were silent for so long before it was committed is taken
    /// back.
    public var jointTimeout: Duration = .seconds(10)
    /// A leader whose own disk did not complete a write for so long steps down. For half of a lease
    /// it beats and answers lease reads all the same, and then no more.
    public var diskStallTimeout: Duration = .milliseconds(600)
    /// Entries of one append.
    public var appendEntriesMaximum = 1_024
    /// Bytes of one append's entries; a single larger entry still goes, alone.
    public var appendBytesMaximum = 256 << 10
    /// Entries that were sent to a follower and not yet acknowledged.
    public var windowEntriesMaximum = 8_192
    /// Bytes that were sent to a follower and not yet acknowledged.
    public var windowBytesMaximum = 4 << 20
    /// Appends that were sent to a follower and not yet acknowledged.
    public var windowAppendsMaximum = 64
    /// Bytes of proposals that wait to be committed; more are refused as `overloaded`.
    public var uncommittedBytesMaximum = 16 << 20
    /// Proposals that wait to be committed; more are refused as `overloaded`.
    public var uncommittedEntriesMaximum = 262_144
    /// Entries of one `apply` directive.
    public var applyEntriesMaximum = 1_024
    /// Bytes of one `apply` directive; a single larger entry still goes, alone.
    public var applyBytesMaximum = 1 << 20
    /// Reads that wait for a quorum; more are refused.
    public var readsWaitingMaximum = 65_536

    /// How long after the sending of a round that a quorum confirmed this leader is the only one:
    /// three quarters of a voter's promise, less 1 % for clocks that do not run alike.
    public var leaseDuration: Duration { electionTimeoutMinimum * 297 / 400 }

    public init() {}

    /// Checks the relations that elections and progress rest on.
    public func validate() throws(RaftSettingsFailure) {
        guard heartbeatInterval > .zero else { throw .notPositive("heartbeatInterval") }
        guard leaderLossDelayMaximum >= .zero else { throw .negative("leaderLossDelayMaximum") }
        guard commitNoticeDelay >= .zero else { throw .negative("commitNoticeDelay") }
        // A follower must miss at least three heartbeats before it campaigns, so that one delayed
        // packet does not cost an election (Raft §5.2; 3 is our margin).
        guard heartbeatInterval * 3 <= electionTimeoutMinimum else {
            throw .electionTimeoutTooShort(electionTimeoutMinimum, heartbeat: heartbeatInterval)
        }
        // The spread decides how seldom two followers ask at the same time (Raft §9.3).
        guard electionTimeoutMaximum > electionTimeoutMinimum else {
            throw .electionTimeoutsWithoutSpread
        }
        guard heartbeatInterval * 3 <= quorumTimeout else {
            throw .quorumTimeoutTooShort(quorumTimeout, heartbeat: heartbeatInterval)
        }
        guard jointTimeout > .zero else { throw .notPositive("jointTimeout") }
        guard diskStallTimeout > .zero else { throw .notPositive("diskStallTimeout") }
        let counts: [(String, Int)] = [
            ("appendEntriesMaximum", appendEntriesMaximum),
            ("appendBytesMaximum", appendBytesMaximum),
            ("windowEntriesMaximum", windowEntriesMaximum),
            ("windowBytesMaximum", windowBytesMaximum),
            ("windowAppendsMaximum", windowAppendsMaximum),
            ("uncommittedBytesMaximum", uncommittedBytesMaximum),
            ("uncommittedEntriesMaximum", uncommittedEntriesMaximum),
            ("applyEntriesMaximum", applyEntriesMaximum),
            ("applyBytesMaximum", applyBytesMaximum),
            ("readsWaitingMaximum", readsWaitingMaximum),
        ]
        for (name, count) in counts where count < 1 { throw .notPositive(name) }
    }
}

/// Why settings can not be used.
public enum RaftSettingsFailure: Error, Hashable, Sendable {
    case notPositive(String)
    case negative(String)
    case electionTimeoutTooShort(Duration, heartbeat: Duration)
    case electionTimeoutsWithoutSpread
    case quorumTimeoutTooShort(Duration, heartbeat: Duration)
}

import ClusterNode
import LogStorage
import Peering
import Raft
import Replication
import Routing

/// Every key that tunes a room, section by section. A new knob is one line here.
public enum SettingTable {
    public static let keys: [SettingKey] = consensus + storage + links + clients

    /// The objects that keys stand in, in the order of the reference.
    public static let sections: [String] = keys.map(\.section).reduce(into: []) { sections, next in
        if sections.last != next { sections.append(next) }
    }

    public static func keys(of section: String) -> [SettingKey] {
        keys.filter { $0.section == section }
    }

    // MARK: Raft and replication

    private static let consensus: [SettingKey] = [
        SettingKey(
            "raft", "heartbeatIntervalMilliseconds",
            .milliseconds(\.node.replica.raft.heartbeatInterval), 1...10_000,
            "A leader shows that it lives this often. Lower: failures are seen sooner, more frames."
        ),
        SettingKey(
            "raft", "electionTimeoutMillisecondsMinimum",
            .milliseconds(\.node.replica.raft.electionTimeoutMinimum), 10...60_000,
            "Silence after which followers may campaign; three heartbeats at least. Lower: shorter"
                + " gaps, more needless elections on a slow disk or network."),
        SettingKey(
            "raft", "electionTimeoutMillisecondsMaximum",
            .milliseconds(\.node.replica.raft.electionTimeoutMaximum), 11...120_000,
            "The longest such silence. Nearer to the minimum: more split votes."),
        SettingKey(
            "raft", "quorumTimeoutMilliseconds",
            .milliseconds(\.node.replica.raft.quorumTimeout), 10...60_000,
            "A leader that no quorum answered for so long steps down; three heartbeats at least."),
        SettingKey(
            "raft", "leaderLossDelayMillisecondsMaximum",
            .milliseconds(\.node.replica.raft.leaderLossDelayMaximum), 0...10_000,
            "When a leader's process is gone, followers campaign after a random part of it."),
        SettingKey(
            "raft", "commitNoticeDelayMilliseconds",
            .milliseconds(\.node.replica.raft.commitNoticeDelay), 0...10_000,
            "Followers learn of a commit with the next append or heartbeat, after this time at the"
                + " latest. Lower: more messages."),
        SettingKey(
            "raft", "appendEntriesMaximum",
            .count(\.node.replica.raft.appendEntriesMaximum, of: "entries"),
            1...1_000_000, "Entries of one append."),
        SettingKey(
            "raft", "appendBytesMaximum", .bytes(\.node.replica.raft.appendBytesMaximum),
            1...16_777_216, "Bytes of one append's entries; a larger entry goes alone."),
        SettingKey(
            "raft", "windowEntriesMaximum",
            .count(\.node.replica.raft.windowEntriesMaximum, of: "entries"),
            1...10_000_000, "Entries on their way to a follower. Lower: a slow link idles."),
        SettingKey(
            "raft", "windowBytesMaximum", .bytes(\.node.replica.raft.windowBytesMaximum),
            1...1_073_741_824, "Bytes on their way to a follower."),
        SettingKey(
            "raft", "windowAppendsMaximum",
            .count(\.node.replica.raft.windowAppendsMaximum, of: "appends"),
            1...65_536, "Appends on their way to a follower."),
        SettingKey(
            "raft", "uncommittedBytesMaximum",
            .bytes(\.node.replica.raft.uncommittedBytesMaximum), 1...4_294_967_296,
            "Bytes of proposals that wait for a majority; more are refused as overloaded."),
        SettingKey(
            "raft", "uncommittedEntriesMaximum",
            .count(\.node.replica.raft.uncommittedEntriesMaximum, of: "entries"), 1...100_000_000,
            "Proposals that wait for a majority; more are refused as overloaded."),
        SettingKey(
            "raft", "applyEntriesMaximum",
            .count(\.node.replica.raft.applyEntriesMaximum, of: "entries"),
            1...1_000_000, "Entries applied in one step. Higher: longer turns."),
        SettingKey(
            "raft", "applyBytesMaximum", .bytes(\.node.replica.raft.applyBytesMaximum),
            1...268_435_456, "Bytes applied in one step; a larger entry goes alone."),
        SettingKey(
            "raft", "readsWaitingMaximum",
            .count(\.node.replica.raft.readsWaitingMaximum, of: "reads"),
            1...10_000_000, "Reads that wait for a quorum; more are refused."),
        SettingKey(
            "replication", "snapshotLogBytes", .bytes(\.node.replica.snapshotLogBytes),
            1_024...1_099_511_627_776,
            "A snapshot is made when the log since the last one is larger than this and than that"
                + " snapshot. Lower: quicker starts, more writing."),
        SettingKey(
            "replication", "snapshotLogEntries",
            .count(\.node.replica.snapshotLogEntries, of: "entries"),
            1...1_000_000_000, "And at the latest after so many entries."),
        SettingKey(
            "replication", "keptEntries", .count(\.node.replica.keptEntries, of: "entries"),
            0...100_000_000,
            "Entries kept behind a snapshot for followers that are a little late. Lower: they need"
                + " whole snapshots more often."),
        SettingKey(
            "replication", "snapshotPartBytes", .bytes(\.node.replica.snapshotPartBytes),
            1_024...1_048_576, "Bytes of one part of a snapshot on its way to a follower."),
        SettingKey(
            "replication", "snapshotBytesPerSecondMaximum",
            .bytes(\.node.replica.snapshotBytesPerSecondMaximum), 0...1_099_511_627_776,
            "Bytes of snapshots that a node sends in a second; 0 for no bound. Lower: more of the"
                + " network for messages, followers behind for longer."),
        SettingKey(
            "replication", "snapshotAnswerMilliseconds",
            .milliseconds(\.node.replica.snapshotAnswerTimeout), 100...3_600_000,
            "A follower silent about a part for so long is given up until Raft tries again."),
        SettingKey(
            "replication", "snapshotResumeMilliseconds",
            .milliseconds(\.node.replica.snapshotResumeTimeout), 0...3_600_000,
            "How long both sides keep an interrupted snapshot, to go on where it was."),
    ]

    // MARK: Disk

    private static let storage: [SettingKey] = [
        SettingKey(
            "log", "segmentBytes", .bytes(\.node.log.segmentBytes), 4_096...1_073_741_824,
            "Bytes of a segment of the write-ahead log, in steps of 512. Higher: rarer rotation,"
                + " longer recovery."),
        SettingKey(
            "log", "batchBytesMaximum", .bytes(\.node.log.batchBytesMaximum), 256...536_870_912,
            "Bytes of one write; half a segment at most. Higher: fewer syncs, each longer."),
        SettingKey(
            "log", "spareSegments", .count(\.node.log.spareSegments, of: "segments"), 0...16,
            "Segments kept ready, so that rotation does not wait for zeros to be written."),
        SettingKey(
            "log", "segmentsMaximum", .count(\.node.logSegmentsMaximum, of: "segments"), 2...4_096,
            "Groups that hold on to segments older than so many make a snapshot."),
    ]

    // MARK: Between nodes

    private static let links: [SettingKey] = [
        SettingKey(
            "peering", "redialMillisecondsMinimum", .milliseconds(\.node.peering.redialMinimum),
            1...60_000, "The first wait after a dial that failed; doubled each time, with jitter."),
        SettingKey(
            "peering", "redialMillisecondsMaximum", .milliseconds(\.node.peering.redialMaximum),
            1...600_000, "The longest such wait. Higher: a node that is back is found later."),
        SettingKey(
            "peering", "greetingTimeoutMilliseconds",
            .milliseconds(\.node.peering.greetingTimeout), 10...60_000,
            "From a connection's start to its first section; then it is closed."),
        SettingKey(
            "peering", "frameBytesMaximum", .bytes(\.node.frameBytesMaximum),
            65_536...16_777_216,
            "Bytes of one frame's sections, beyond which they go on in the next frame."),
        SettingKey(
            "routing", "requestTimeoutMilliseconds", .milliseconds(\.node.router.requestTimeout),
            10...600_000, "From a request to its answer at the latest; then timeout or no_quorum."),
        SettingKey(
            "routing", "retryIntervalMilliseconds", .milliseconds(\.node.router.retryInterval),
            1...60_000, "Between two tries where no leader is known."),
        SettingKey(
            "routing", "retryIntervalMillisecondsMaximum",
            .milliseconds(\.node.router.retryIntervalMaximum), 1...60_000,
            "What that interval grows to."),
        SettingKey(
            "routing", "waitingRequestsMaximum",
            .count(\.node.router.waitingRequestsMaximum, of: "requests"), 1...100_000_000,
            "Requests of one group that wait; one more is overloaded."),
        SettingKey(
            "delivery", "recentEffectsMaximum",
            .count(\.node.delivery.recentEffectsMaximum, of: "effects"), 0...10_000_000,
            "Effects of a group in memory for subscribers that come back; older ones are gaps."),
        SettingKey(
            "delivery", "progressIntervalMilliseconds",
            .milliseconds(\.node.delivery.progressInterval), 1...60_000,
            "A subscriber learns at least so often how far the log has come."),
        SettingKey(
            "delivery", "silenceMillisecondsMaximum", .milliseconds(\.node.delivery.silenceMaximum),
            10...600_000, "Without a word from the leader for so long, a node subscribes anew."),
        SettingKey(
            "delivery", "batchEffectsMaximum",
            .count(\.node.delivery.batchEffectsMaximum, of: "effects"), 1...1_000_000,
            "Effects of one batch to a subscriber."),
        SettingKey(
            "delivery", "backlogBytesMaximum", .bytes(\.node.delivery.backlogBytesMaximum),
            1_024...1_073_741_824,
            "Unsent bytes to a subscriber beyond which its stream waits."),
        SettingKey(
            "delivery", "markIntervalMilliseconds", .milliseconds(\.node.markInterval), 1...60_000,
            "Marks of all users of a node are proposed together so often. Higher: fewer entries,"
                + " later receipts."),
    ]
}

import Messages
import Placement
import Toolbox
import Vocabulary

/// A node asks a message group's leader for the entries that its users may read.
struct DeliverySubscribe: Hashable, Sendable {
    /// The last log index it has; nil if it has none and wants what comes from now on.
    var cursor: LogIndex?
    /// Whose entries it wants.
    var served: ServedArcs

    func encoded() -> Bytes {
        var writer = ByteWriter(reserving: 2_080)
        writer.writeOptional(cursor) { $0.write($1.rawValue) }
        writer.write(served.epoch.rawValue)
        served.arcs.encode(into: &writer)
        return writer.take()
    }

    init(cursor: LogIndex?, served: ServedArcs) {
        self.cursor = cursor
        self.served = served
    }

    init(decoding bytes: Bytes) throws(DecodeFailure) {
        var reader = ByteReader(bytes)
        cursor = try reader.readOptional { (reader) throws(DecodeFailure) in
            LogIndex(try reader.read())
        }
        served = ServedArcs(
            epoch: RingEpoch(try reader.read()), arcs: try ArcSet(from: &reader))
        try reader.expectEnd()
    }
}

/// The arcs of whose users a node is the home.
struct ServedArcs: Hashable, Sendable {
    /// Of the ring that gave or took the last of them.
    var epoch: RingEpoch
    var arcs: ArcSet
}

/// A piece of the stream: everything for the subscriber in `from + 1 ... through`.
struct DeliveryBatch: Hashable, Sendable {
    /// That of the arcs for which it was made.
    var epoch: RingEpoch
    /// Where the piece before ended. Nil at the start of a stream that could not go on from the
    /// subscriber's cursor: whatever it missed must be fetched.
    var from: LogIndex?
    var through: LogIndex
    var events: [MessageEffect]

    init(epoch: RingEpoch, from: LogIndex?, through: LogIndex, events: [MessageEffect]) {
        self.epoch = epoch
        self.from = from
        self.through = through
        self.events = events
    }

    /// What stands before the events, of which some is known only behind them.
    struct Head: Sendable {
        private let throughOffset: Int

        init(epoch: RingEpoch, from: LogIndex?, into writer: inout ByteWriter) {
            writer.write(epoch.rawValue)
            writer.writeOptional(from) { $0.write($1.rawValue) }
            throughOffset = writer.count
            writer.write(UInt64(0))
            writer.write(UInt32(0))
        }

        func complete(through: LogIndex, count: Int, in writer: inout ByteWriter) {
            writer.overwrite(long: through.rawValue, at: throughOffset)
            writer.overwrite(UInt32(count), at: throughOffset + 8)
        }
    }

    init(decoding bytes: Bytes) throws(DecodeFailure) {
        var reader = ByteReader(bytes)
        epoch = RingEpoch(try reader.read())
        from = try reader.readOptional { (reader) throws(DecodeFailure) in
            LogIndex(try reader.read())
        }
        through = LogIndex(try reader.read())
        events = try reader.readList { (reader) throws(DecodeFailure) in
            try MessageEffect(from: &reader)
        }
        try reader.expectEnd()
    }
}

public struct DeliverySettings: Sendable {
    /// Effects of a group kept in memory for subscribers that come back; older ones become gaps.
    public var recentEffectsMaximum = 16_384
    /// A subscriber learns at least so often how far the log has come.
    public var progressInterval: Duration = .milliseconds(100)
    /// Without a word from the leader for so long, a subscriber subscribes anew.
    public var silenceMaximum: Duration = .seconds(1)
    /// Effects in one batch.
    public var batchEffectsMaximum = 512
    /// Unsent bytes to a subscriber's node beyond which its stream waits; what goes out of memory
    /// meanwhile becomes gaps.
    public var backlogBytesMaximum = 1 << 20

    public init() {}
}

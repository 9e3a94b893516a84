public import Toolbox
public import Vocabulary

/// Every message of a run: what was sent where, what was acknowledged, what is there at the end.
public struct MessageLedger: Sendable {
    /// One message. They are numbered from 1 in the order in which they were first sent.
    public struct Record: Sendable {
        public let conversation: UInt32
        public let connection: UInt32
        /// When it was first sent.
        public let sentAt: Instant
        /// 0 until it is acknowledged.
        public fileprivate(set) var seq: UInt64 = 0
        /// How often it was found at the end.
        fileprivate var found: UInt32 = 0
    }

    /// What the chats hold, against what was acknowledged.
    public struct Verdict: Hashable, Sendable {
        public var sent = 0
        public var acknowledged = 0
        /// Acknowledged and not there.
        public var lost = 0
        /// There more than once.
        public var doubled = 0
        /// There with another position or text, or acknowledged at two positions.
        public var changed = 0
        /// Never acknowledged; whether they are there is open.
        public var unanswered = 0
        /// Of these, how many are there.
        public var unansweredFound = 0

        public init() {}

        public var isGood: Bool { lost == 0 && doubled == 0 && changed == 0 }
    }

    private static let numberBits: UInt64 = 36
    private static let tagBits: UInt64 = 26

    private let tag: UInt64
    private let start: Moment
    private let text: BenchText
    private var records: [Record] = []
    private var changed = 0

    /// - Parameters:
    ///   - seed: tells this run's messages from those of other runs.
    ///   - start: client ids carry the servers' time: this moment, with their wall clock.
    public init(seed: UInt64, start: Moment, text: BenchText) {
        tag = seed & (1 << Self.tagBits - 1)
        self.start = start
        self.text = text
    }

    public var count: Int { records.count }

    /// Notes a message that is about to be sent.
    ///
    /// - Returns: its number.
    public mutating func add(conversation: Int, connection: Int, at now: Instant) -> UInt64 {
        records.append(
            Record(
                conversation: UInt32(conversation), connection: UInt32(connection), sentAt: now))
        return UInt64(records.count)
    }

    /// Nil for a number that was never given.
    public func record(_ number: UInt64) -> Record? {
        number >= 1 && number <= UInt64(records.count) ? records[Int(number) - 1] : nil
    }

    /// The same whenever it is asked for: a repeat carries the id of the first sending.
    public func clientID(of number: UInt64) -> ClientMessageID {
        guard let record = record(number) else { unreachable("message \(number) of \(count)") }
        let since = (record.sentAt - start.monotonic).nanoseconds / 1_000_000
        return ClientMessageID(
            time: WallTime(milliseconds: start.wall.milliseconds + since),
            random: (0, tag << Self.numberBits | number))
    }

    public func text(of number: UInt64) -> Bytes { text.text(of: number) }

    /// The message with this client id; nil if it is none of this run.
    public func number(of id: ClientMessageID) -> UInt64? {
        let number = id.low & (1 << Self.numberBits - 1)
        let itsTag = id.low >> Self.numberBits & (1 << Self.tagBits - 1)
        guard itsTag == tag, record(number) != nil, id == clientID(of: number) else { return nil }
        return number
    }

    /// Notes an acknowledgement.
    ///
    /// - Returns: the record, if this is the message's first acknowledgement.
    public mutating func acknowledge(_ number: UInt64, seq: UInt64) -> Record? {
        guard let record = record(number) else { return nil }
        guard record.seq == 0 else {
            if record.seq != seq { changed += 1 }
            return nil
        }
        records[Int(number) - 1].seq = seq
        return record
    }

    /// Messages of `connection` that are not acknowledged, in the order in which they were sent.
    public func unanswered(of connection: Int) -> [UInt64] {
        records.indices.filter {
            records[$0].connection == UInt32(connection) && records[$0].seq == 0
        }.map { UInt64($0) + 1 }
    }

    /// Notes an entry that a chat holds at the end. Entries of other runs are ignored.
    public mutating func find(
        _ id: ClientMessageID, in conversation: Int, at seq: UInt64, text found: Bytes?
    ) {
        guard let number = number(of: id), let record = record(number) else { return }
        records[Int(number) - 1].found += 1
        let isSame =
            record.conversation == UInt32(conversation) && found == text(of: number)
            && (record.seq == 0 || record.seq == seq)
        if !isSame { changed += 1 }
    }

    /// The highest acknowledged position of each conversation; 0 where there is none.
    public func heads(conversations: Int) -> [UInt64] {
        var heads = [UInt64](repeating: 0, count: conversations)
        for record in records {
            let conversation = Int(record.conversation)
            heads[conversation] = max(heads[conversation], record.seq)
        }
        return heads
    }

    /// How it stands, once all entries were found.
    public var verdict: Verdict {
        var verdict = Verdict()
        verdict.sent = records.count
        verdict.changed = changed
        for record in records {
            if record.seq > 0 {
                verdict.acknowledged += 1
                verdict.lost += record.found == 0 ? 1 : 0
            } else {
                verdict.unanswered += 1
                verdict.unansweredFound += record.found > 0 ? 1 : 0
            }
            verdict.doubled += record.found > 1 ? 1 : 0
        }
        return verdict
    }
}

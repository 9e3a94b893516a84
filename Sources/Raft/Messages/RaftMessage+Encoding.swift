public import Toolbox
import Vocabulary

// One byte of kind, then the fields in the order of their declaration, little-endian. An append's
// entries leave their indexes out: they follow from the first.
extension RaftMessage {
    private enum Kind: UInt8 {
        case preVoteRequest = 1
        case preVoteResponse = 2
        case voteRequest = 3
        case voteResponse = 4
        case append = 5
        case appendMatched = 6
        case appendRejected = 7
        case heartbeat = 8
        case heartbeatResponse = 9
        case timeoutNow = 10
        case announcement = 11
        case removalNotice = 12
        case foundingQuestion = 13
        case foundingAnswer = 14
    }

    /// Terms and indexes above this are nobody's: arithmetic on accepted ones can not overflow.
    private static let numberMaximum: UInt64 = 1 << 62

    public func encode(into writer: inout ByteWriter) {
        switch self {
        case .preVoteRequest(let request):
            Self.encode(request, as: .preVoteRequest, into: &writer)
        case .voteRequest(let request):
            Self.encode(request, as: .voteRequest, into: &writer)
        case .preVoteResponse(let response):
            Self.encode(response, as: .preVoteResponse, into: &writer)
        case .voteResponse(let response):
            Self.encode(response, as: .voteResponse, into: &writer)
        case .append(let request):
            Self.encode(request, into: &writer)
        case .appendResponse(let response):
            Self.encode(response, into: &writer)
        case .heartbeat(let heartbeat):
            writer.write(Kind.heartbeat.rawValue)
            writer.write(heartbeat.term.rawValue)
            writer.write(heartbeat.commit.rawValue)
            writer.write(heartbeat.round)
        case .heartbeatResponse(let response):
            writer.write(Kind.heartbeatResponse.rawValue)
            writer.write(response.term.rawValue)
            writer.write(response.round)
        case .timeoutNow, .announcement, .removalNotice, .foundingQuestion, .foundingAnswer:
            encodeMembership(into: &writer)
        }
    }

    private func encodeMembership(into writer: inout ByteWriter) {
        switch self {
        case .timeoutNow(let order):
            writer.write(Kind.timeoutNow.rawValue)
            writer.write(order.term.rawValue)
            writer.write(order.round)
        case .announcement(let announcement):
            writer.write(Kind.announcement.rawValue)
            writer.write(announcement.term.rawValue)
        case .removalNotice(let notice):
            writer.write(Kind.removalNotice.rawValue)
            writer.write(notice.term.rawValue)
            writer.write(notice.index.rawValue)
        case .foundingQuestion:
            writer.write(Kind.foundingQuestion.rawValue)
        case .foundingAnswer(let answer):
            writer.write(Kind.foundingAnswer.rawValue)
            writer.write(answer.holdsAnything)
        case .preVoteRequest, .preVoteResponse, .voteRequest, .voteResponse, .append,
            .appendResponse, .heartbeat, .heartbeatResponse:
            unreachable("\(self) has a form of its own")
        }
    }

    /// Reads one message; the reader stands behind it afterwards.
    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        let rawKind = try reader.read(UInt8.self)
        guard let kind = Kind(rawValue: rawKind) else {
            throw .invalid(what: "Raft message kind \(rawKind)", offset: reader.offset - 1)
        }
        switch kind {
        case .preVoteRequest: self = .preVoteRequest(try Self.voteRequest(from: &reader))
        case .voteRequest: self = .voteRequest(try Self.voteRequest(from: &reader))
        case .preVoteResponse: self = .preVoteResponse(try Self.voteResponse(from: &reader))
        case .voteResponse: self = .voteResponse(try Self.voteResponse(from: &reader))
        case .append: self = .append(try Self.append(from: &reader))
        case .appendMatched, .appendRejected:
            self = .appendResponse(try Self.appendResponse(kind, from: &reader))
        case .heartbeat:
            self = .heartbeat(
                Heartbeat(
                    term: try Self.term(from: &reader), commit: try Self.index(from: &reader),
                    round: try reader.read()))
        case .heartbeatResponse:
            self = .heartbeatResponse(
                HeartbeatResponse(term: try Self.term(from: &reader), round: try reader.read()))
        case .timeoutNow:
            self = .timeoutNow(
                TimeoutNow(term: try Self.term(from: &reader), round: try reader.read()))
        case .announcement: self = .announcement(Announcement(term: try Self.term(from: &reader)))
        case .removalNotice:
            self = .removalNotice(
                RemovalNotice(
                    term: try Self.term(from: &reader), index: try Self.index(from: &reader)))
        case .foundingQuestion: self = .foundingQuestion
        case .foundingAnswer:
            self = .foundingAnswer(FoundingAnswer(holdsAnything: try reader.readBool()))
        }
    }

    private static func encode(
        _ request: VoteRequest, as kind: Kind, into writer: inout ByteWriter
    ) {
        writer.write(kind.rawValue)
        writer.write(request.term.rawValue)
        writer.write(request.lastIndex.rawValue)
        writer.write(request.lastTerm.rawValue)
        writer.write(request.isTransfer)
    }

    private static func encode(
        _ response: VoteResponse, as kind: Kind, into writer: inout ByteWriter
    ) {
        writer.write(kind.rawValue)
        writer.write(response.term.rawValue)
        writer.write(response.isGranted)
    }

    private static func encode(_ request: AppendRequest, into writer: inout ByteWriter) {
        writer.write(Kind.append.rawValue)
        writer.write(request.term.rawValue)
        writer.write(request.previousIndex.rawValue)
        writer.write(request.previousTerm.rawValue)
        writer.write(request.commit.rawValue)
        writer.write(request.round)
        writer.write(UInt32(request.entries.count))
        for entry in request.entries {
            writer.write(entry.term.rawValue)
            writer.write(entry.kind.rawValue)
            writer.writeCounted(entry.payload)
        }
    }

    private static func encode(_ response: AppendResponse, into writer: inout ByteWriter) {
        switch response.outcome {
        case .matched(let index):
            writer.write(Kind.appendMatched.rawValue)
            writer.write(response.term.rawValue)
            writer.write(response.round)
            writer.write(index.rawValue)
        case .rejected(let previous, let hint):
            writer.write(Kind.appendRejected.rawValue)
            writer.write(response.term.rawValue)
            writer.write(response.round)
            writer.write(previous.rawValue)
            writer.write(hint.index.rawValue)
            writer.write(hint.term.rawValue)
        }
    }

    private static func number(
        _ what: String, from reader: inout ByteReader
    ) throws(DecodeFailure) -> UInt64 {
        let value = try reader.read(UInt64.self)
        guard value <= numberMaximum else {
            throw .invalid(what: "\(what) \(value)", offset: reader.offset - 8)
        }
        return value
    }

    private static func term(from reader: inout ByteReader) throws(DecodeFailure) -> Term {
        Term(try number("term", from: &reader))
    }

    private static func index(from reader: inout ByteReader) throws(DecodeFailure) -> LogIndex {
        LogIndex(try number("log index", from: &reader))
    }

    private static func voteRequest(
        from reader: inout ByteReader
    ) throws(DecodeFailure) -> VoteRequest {
        VoteRequest(
            term: try term(from: &reader), lastIndex: try index(from: &reader),
            lastTerm: try term(from: &reader), isTransfer: try reader.readBool())
    }

    private static func voteResponse(
        from reader: inout ByteReader
    ) throws(DecodeFailure) -> VoteResponse {
        VoteResponse(term: try term(from: &reader), isGranted: try reader.readBool())
    }

    private static func append(
        from reader: inout ByteReader
    ) throws(DecodeFailure) -> AppendRequest {
        let term = try term(from: &reader)
        let previous = SnapshotPosition(
            index: try index(from: &reader), term: try Self.term(from: &reader))
        let commit = try index(from: &reader)
        let round = try reader.read(UInt64.self)
        var last = previous
        let entries = try reader.readList { (reader: inout ByteReader) throws(DecodeFailure) in
            let entry = try entry(after: last, in: term, from: &reader)
            last = SnapshotPosition(index: entry.index, term: entry.term)
            return entry
        }
        return AppendRequest(
            term: term, previous: previous, commit: commit, round: round, entries: entries)
    }

    private static func entry(
        after last: SnapshotPosition, in leaderTerm: Term, from reader: inout ByteReader
    ) throws(DecodeFailure) -> LogEntry {
        let offset = reader.offset
        let term = try term(from: &reader)
        guard term >= last.term, term <= leaderTerm else {
            throw .invalid(what: "entry of \(term) after \(last) by \(leaderTerm)", offset: offset)
        }
        let rawKind = try reader.read(UInt8.self)
        guard let kind = LogEntry.Kind(rawValue: rawKind) else {
            throw .invalid(what: "entry kind \(rawKind)", offset: reader.offset - 1)
        }
        let payload = try reader.readCounted()
        if kind == .configuration {
            let configuration = try RaftConfiguration(decoding: payload)
            try reader.expect(!configuration.isEmpty, "an empty configuration")
        }
        return LogEntry(index: last.index.next, term: term, kind: kind, payload: payload)
    }

    private static func appendResponse(
        _ kind: Kind, from reader: inout ByteReader
    ) throws(DecodeFailure) -> AppendResponse {
        let term = try term(from: &reader)
        let round = try reader.read(UInt64.self)
        let index = try index(from: &reader)
        guard kind == .appendRejected else {
            return AppendResponse(term: term, round: round, outcome: .matched(index))
        }
        let hint = SnapshotPosition(
            index: try Self.index(from: &reader), term: try Self.term(from: &reader))
        return AppendResponse(
            term: term, round: round, outcome: .rejected(previous: index, hint: hint))
    }
}

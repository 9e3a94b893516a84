import Vocabulary

extension RaftMessage: CustomStringConvertible {
    /// One short line, for transcripts.
    public var description: String {
        switch self {
        case .preVoteRequest(let request): "preVote? \(Self.describe(request))"
        case .voteRequest(let request): "vote? \(Self.describe(request))"
        case .preVoteResponse(let response):
            "preVote \(response.isGranted ? "yes" : "no") \(response.term)"
        case .voteResponse(let response):
            "vote \(response.isGranted ? "yes" : "no") \(response.term)"
        case .append(let request): Self.describe(request)
        case .appendResponse(let response): Self.describe(response)
        case .heartbeat(let heartbeat):
            "heartbeat \(heartbeat.term) commit \(heartbeat.commit) round \(heartbeat.round)"
        case .heartbeatResponse(let response):
            "heartbeat heard \(response.term) round \(response.round)"
        case .timeoutNow(let order): "stand now \(order.term) round \(order.round)"
        case .announcement(let announcement): "here \(announcement.term)"
        case .removalNotice(let notice): "removed \(notice.term) \(notice.index)"
        case .foundingQuestion: "anything there?"
        case .foundingAnswer(let answer): answer.holdsAnything ? "something" : "nothing"
        }
    }

    private static func describe(_ request: VoteRequest) -> String {
        "\(request.term) last \(request.lastIndex)@\(request.lastTerm)"
            + (request.isTransfer ? " as asked" : "")
    }

    private static func describe(_ request: AppendRequest) -> String {
        let entries =
            request.entries.isEmpty
            ? "nothing"
            : request.entries.map { "\($0.index)@\($0.term)" }.joined(separator: " ")
        return "append \(request.term) after \(request.previousIndex)@\(request.previousTerm)"
            + " [\(entries)] commit \(request.commit)"
    }

    private static func describe(_ response: AppendResponse) -> String {
        switch response.outcome {
        case .matched(let index): "matched \(response.term) \(index)"
        case .rejected(let previous, let hint):
            "rejected \(response.term) \(previous) hint \(hint)"
        }
    }
}

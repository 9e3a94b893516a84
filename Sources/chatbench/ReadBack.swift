import ChatWire
import ClientCore
import SystemIO
import Toolbox
import Vocabulary

/// Reads all chats of a run whole and compares them with what was acknowledged.
struct ReadBack: ~Copyable {
    private struct Place {
        let conversation: Int
        var after: UInt64
    }

    private static let patience: Duration = .seconds(60)

    private let cluster: BenchCluster
    private let population: Population
    private var pool: CallPool
    /// Entries that do not follow on the one before.
    private(set) var holesCount = 0

    init(_ cluster: BenchCluster, _ population: Population) throws(BenchFailure) {
        self.cluster = cluster
        self.population = population
        pool = CallPool(poll: try EventPoll.made())
    }

    /// Enters every entry of every chat in `ledger`.
    mutating func read(into ledger: inout MessageLedger) throws(BenchFailure) {
        let heads = ledger.heads(conversations: population.conversations.count)
        var places = population.conversations.indices.map { Place(conversation: $0, after: 0) }
        while !places.isEmpty {
            var calls: [PooledCall] = []
            for place in places { calls.append(try call(for: place)) }
            let answers = try pool.perform(calls, patience: Self.patience)
            var left: [Place] = []
            for (place, answer) in zip(places, answers) {
                var place = place
                let page: EntryPage = try Stage.decode(answer, of: "messages")
                enter(page, at: &place, into: &ledger)
                let isDone =
                    place.after >= max(page.head.rawValue, heads[place.conversation])
                if !isDone, !page.entries.isEmpty { left.append(place) }
            }
            places = left
        }
    }

    private func call(for place: Place) throws(BenchFailure) -> PooledCall {
        let conversation = population.conversations[place.conversation]
        let sender = population.senders[conversation.sender]
        let route = APIRoute.messages(
            conversation.chat, .after(SequenceNumber(place.after)), limit: Page.limitMaximum)
        return try cluster.call(HTTPCall(route, token: sender.token), to: sender.home)
    }

    private mutating func enter(
        _ page: EntryPage, at place: inout Place, into ledger: inout MessageLedger
    ) {
        for entry in page.entries {
            if entry.seq.rawValue != place.after + 1 { holesCount += 1 }
            place.after = entry.seq.rawValue
            guard let id = entry.clientID else { continue }
            ledger.find(id, in: place.conversation, at: place.after, text: entry.text)
        }
    }
}

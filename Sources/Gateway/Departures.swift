import Toolbox
import Vocabulary

/// When the clients of a node that ends are to leave it: one after the other over the time that is
/// set for it, and over a longer one if they are more than may be sent elsewhere in that time.
struct Departures: Sendable {
    /// What the pace alone asks for; zero without a pace.
    let least: Duration
    /// From one client to the next.
    private let interval: Duration
    private var next = Duration.zero

    init(of count: Int, _ settings: GatewaySettings) {
        let perSecond = settings.goawayPerSecondMaximum
        least = perSecond > 0 ? .seconds(1) * count / perSecond : .zero
        interval = max(settings.goawayJitter, least) / max(1, count)
    }

    /// After how many milliseconds the next client is to leave.
    mutating func next(_ random: inout SeededRandom) -> Int {
        let room = Int(interval.nanoseconds)
        let after = next + .nanoseconds(Int64(room > 0 ? random.below(room) : 0))
        next = next + interval
        return Int(after.nanoseconds / 1_000_000)
    }
}

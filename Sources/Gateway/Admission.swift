import Toolbox
import Vocabulary

/// How many new sockets a node takes: a steady rate with bursts. Who comes above it is told when to
/// come again, each later than the one before, so that they do not all come at once again.
struct Admission: Sendable {
    private var limit: RateLimit
    private var invitations: Pace

    /// Who would be invited later than this comes at some moment of the half before it.
    private static let invitationMaximum: Duration = .seconds(60)

    init(_ settings: GatewaySettings) {
        limit = RateLimit(
            perSecond: settings.admissionsPerSecondMaximum, burst: settings.admissionsBurst)
        invitations = Pace(perSecond: settings.admissionsPerSecondMaximum)
    }

    /// Nil if one more is taken; else after how many milliseconds it may come again.
    mutating func pass(at now: Instant, _ random: inout SeededRandom) -> Int? {
        if case .passed = limit.pass(at: now) { return nil }
        let wait = invitations.slot(at: now) - now
        guard wait < Self.invitationMaximum else {
            let half = Int(Self.invitationMaximum.nanoseconds / 2_000_000)
            return half + random.below(half)
        }
        _ = invitations.take(at: now)
        let jitter = max(1, Int(invitations.interval.nanoseconds / 1_000_000))
        return Self.milliseconds(wait) + 1 + random.below(jitter)
    }

    /// When somebody who has not come yet would best come; 0 while everybody is taken.
    func wait(at now: Instant) -> Int { Self.milliseconds(invitations.slot(at: now) - now) }

    private static func milliseconds(_ duration: Duration) -> Int {
        Int((duration.nanoseconds + 999_999) / 1_000_000)
    }
}

import Toolbox
import Vocabulary

/// What is counted while a run goes on.
struct RunTally {
    /// From sending to acknowledgement, of what was acknowledged in the window.
    var latencies = Histogram()
    /// From sending to the receiver, of what was delivered in the window.
    var deliveries = Histogram()
    /// How long the window was.
    var duration: Duration = .zero
    /// Refusals that asked to repeat, by code.
    var retries: SortedMap<String, Int> = SortedMap()
    var reconnectsCount = 0
    /// Entries that came to senders' devices and to receivers.
    var pushesCount = 0
    /// Chats that a reader was told to pull, since it was too slow.
    var gapsCount = 0
    /// Messages without an acknowledgement when the run gave up waiting.
    var unansweredCount = 0

    var retriesCount: Int { retries.values.reduce(0, +) }
}

public import Vocabulary

/// Whether the disk is quick enough to wait for it.
public struct DiskTrust: Sendable {
    /// When the batches that the log's thread has were handed over, oldest first.
    private var underway: [Instant] = []
    /// Quick batches in a row until it is trusted again.
    private var doubts = 0

    /// One batch usually takes 0.1 ms.
    public static let patience: Duration = .milliseconds(4)
    public static let doubtsMaximum = 64

    public init() {}

    /// Batches are durable in their order: nothing is written here while the thread has some.
    public var isGiven: Bool { doubts == 0 && underway.isEmpty }

    /// The log's thread got a batch.
    public mutating func handedOver(at now: Instant) { underway.append(now) }

    /// The thread has done with its oldest batch.
    public mutating func completed(at now: Instant) {
        guard !underway.isEmpty else { return }
        took(now - underway.removeFirst())
    }

    /// A batch was written and synced in `time`.
    public mutating func took(_ time: Duration) {
        doubts = time > Self.patience ? Self.doubtsMaximum : max(0, doubts - 1)
    }
}

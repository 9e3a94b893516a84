import NodeRuntime
import Testing
import Vocabulary

@Suite("Who writes the log: the node's thread, or one of its own")
struct DiskTrustTests {
    private let quick = DiskTrust.patience / 4
    private let slow = DiskTrust.patience * 2

    @Test("A quick disk is waited for")
    func quickDisk() {
        var trust = DiskTrust()
        for _ in 0..<1_000 { trust.took(quick) }
        #expect(trust.isGiven)
    }

    @Test("One slow batch gives the log a thread, until enough quick ones came in a row")
    func slowBatch() {
        var trust = DiskTrust()
        trust.took(slow)
        for _ in 0..<DiskTrust.doubtsMaximum - 1 {
            trust.took(quick)
            #expect(!trust.isGiven)
        }
        trust.took(slow)
        for _ in 0..<DiskTrust.doubtsMaximum {
            #expect(!trust.isGiven)
            trust.took(quick)
        }
        #expect(trust.isGiven)
    }

    @Test("Nothing overtakes a batch that the thread has: batches are durable in their order")
    func order() {
        var trust = DiskTrust()
        let start = Instant(nanoseconds: 0)
        trust.handedOver(at: start)
        trust.handedOver(at: start)
        trust.completed(at: start + quick)
        #expect(!trust.isGiven)
        trust.completed(at: start + quick)
        #expect(trust.isGiven)
    }

    @Test("The thread's batches are timed from when they were handed over")
    func slowThread() {
        var trust = DiskTrust()
        let start = Instant(nanoseconds: 0)
        trust.handedOver(at: start)
        trust.completed(at: start + slow)
        #expect(!trust.isGiven)
    }
}

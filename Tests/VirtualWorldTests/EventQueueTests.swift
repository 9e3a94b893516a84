import VirtualWorld
import Testing
import Toolbox

@Suite("What happens next")
struct EventQueueTests {
    @Test("the earliest comes first, and of two at one time the one that was put in first")
    func order() {
        var queue = EventQueue<Int>()
        for (event, time) in [(1, 30), (2, 10), (3, 20), (4, 10), (5, 10)] {
            queue.schedule(event, at: WorldTime(nanoseconds: Int64(time)))
        }
        var seen: [Int] = []
        while let next = queue.popFirst() { seen.append(next.event) }
        #expect(seen == [2, 4, 5, 3, 1])
    }

    @Test("any mixture of putting in and taking out keeps the order")
    func mixture() {
        var queue = EventQueue<Int64>()
        var random = SeededRandom(seed: 1)
        var last = Int64(0)
        for step in 0..<5_000 {
            if random.chance(0.6) || queue.isEmpty {
                let time = last + Int64(random.below(100))
                queue.schedule(time, at: WorldTime(nanoseconds: time))
            } else if let next = queue.popFirst() {
                #expect(next.event == next.time.nanoseconds, "step \(step)")
                #expect(next.event >= last, "step \(step)")
                last = next.event
            }
        }
    }
}

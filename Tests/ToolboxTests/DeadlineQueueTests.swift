import Testing
import Toolbox

@Suite("A deadline queue")
struct DeadlineQueueTests {
    @Test("gives what is due, earliest first, equal ones as they were set")
    func order() {
        var queue = DeadlineQueue<String>()
        for (key, time) in [("c", 30), ("a", 10), ("b1", 20), ("b2", 20), ("b0", 20)] {
            queue.set(key, atNanoseconds: Int64(time))
        }
        #expect(queue.earliestNanoseconds == 10)
        let early = queue.popDue(atNanoseconds: 9)
        #expect(early == nil)
        #expect(due(&queue, at: 20) == ["a", "b1", "b2", "b0"])
        #expect(queue.count == 1)
        #expect(queue.contains("c"))
        #expect(due(&queue, at: .max) == ["c"])
        #expect(queue.isEmpty)
        #expect(queue.earliestNanoseconds == nil)
    }

    @Test("has one deadline for a key: the last one set")
    func replacing() {
        var queue = DeadlineQueue<String>()
        queue.set("a", atNanoseconds: 10)
        queue.set("b", atNanoseconds: 15)
        queue.set("a", atNanoseconds: 20)
        #expect(queue.count == 2)
        #expect(queue.earliestNanoseconds == 15)
        queue.set("a", atNanoseconds: 5)
        #expect(due(&queue, at: 30) == ["a", "b"])
    }

    @Test("forgets what is cancelled")
    func cancelling() {
        var queue = DeadlineQueue<Int>()
        for key in 0..<10 { queue.set(key, atNanoseconds: Int64(key)) }
        for key in [0, 1, 5] {
            let isFound = queue.cancel(key)
            #expect(isFound)
        }
        let isFoundAgain = queue.cancel(5)
        #expect(!isFoundAgain)
        #expect(queue.earliestNanoseconds == 2)
        #expect(due(&queue, at: 7) == [2, 3, 4, 6, 7])
        queue.removeAll()
        #expect(queue.earliestNanoseconds == nil)
    }

    @Test("agrees with a sorted list")
    func model() {
        var random = SeededRandom(seed: 77)
        var queue = DeadlineQueue<Int>()
        var model: [(key: Int, time: Int64, sequence: Int)] = []
        for step in 0..<20_000 {
            let key = random.below(40)
            switch random.below(8) {
            case 0...4:
                let time = Int64(random.below(1_000))
                queue.set(key, atNanoseconds: time)
                model.removeAll { $0.key == key }
                model.append((key, time, step))
            case 5:
                let isFound = queue.cancel(key)
                #expect(isFound == model.contains { $0.key == key })
                model.removeAll { $0.key == key }
            default:
                let now = Int64(random.below(300))
                model.sort { ($0.time, $0.sequence) < ($1.time, $1.sequence) }
                let expected = model.first.flatMap { $0.time <= now ? $0.key : nil }
                let popped = queue.popDue(atNanoseconds: now)
                #expect(popped == expected)
                if expected != nil { model.removeFirst() }
            }
            #expect(queue.count == model.count)
            #expect(queue.earliestNanoseconds == model.map(\.time).min())
        }
    }

    private func due<Key>(_ queue: inout DeadlineQueue<Key>, at now: Int64) -> [Key] {
        var keys: [Key] = []
        while let key = queue.popDue(atNanoseconds: now) { keys.append(key) }
        return keys
    }
}

import Testing
import Toolbox

@Suite("A bounded queue")
struct BoundedQueueTests {
    @Test("refuses what is one too many")
    func count() {
        var queue = BoundedQueue<Int>(countMaximum: 3)
        let taken = (1...4).map { queue.append($0) }
        #expect(taken == [true, true, true, false])
        #expect(queue.isFull)
        let first = queue.popFirst()
        #expect(first == 1)
        #expect(!queue.isFull)
        let isTaken = queue.append(5)
        #expect(isTaken)
        #expect(rest(&queue) == [2, 3, 5])
    }

    @Test("refuses what is too large for the bytes left")
    func bytes() {
        var queue = BoundedQueue<String>(countMaximum: 10, bytesMaximum: 100)
        let taken = [("a", 60), ("b", 41), ("c", 40), ("d", 1), ("e", 0)].map {
            queue.append($0.0, bytes: $0.1)
        }
        #expect(taken == [true, false, true, false, true])
        #expect(queue.bytes == 100)
        #expect(queue.isFull)
        let first = queue.popFirst()
        #expect(first == "a")
        #expect(queue.bytes == 40)
        let overflow = queue.append("huge", bytes: .max)
        #expect(!overflow)
        queue.removeAll()
        #expect(queue.bytes == 0)
        #expect(queue.bytesMaximum == 100)
    }

    @Test("agrees with an array")
    func model() {
        var random = SeededRandom(seed: 12)
        var queue = BoundedQueue<Int>(countMaximum: 13, bytesMaximum: 60)
        var model: [(value: Int, bytes: Int)] = []
        for step in 0..<10_000 {
            if random.below(9) < 5 {
                let size = random.below(12)
                let fits = model.count < 13 && model.map(\.bytes).reduce(size, +) <= 60
                let isTaken = queue.append(step, bytes: size)
                #expect(isTaken == fits)
                if fits { model.append((step, size)) }
            } else {
                let popped = queue.popFirst()
                #expect(popped == model.first?.value)
                if popped != nil { model.removeFirst() }
            }
            #expect(queue.count == model.count)
            #expect(queue.first == model.first?.value)
            #expect(queue.bytes == model.map(\.bytes).reduce(0, +))
            #expect(queue.isEmpty == model.isEmpty)
        }
    }

    private func rest<Element>(_ queue: inout BoundedQueue<Element>) -> [Element] {
        var elements: [Element] = []
        while let element = queue.popFirst() { elements.append(element) }
        return elements
    }
}

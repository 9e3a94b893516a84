import Testing
import Toolbox

@Suite("A byte queue")
struct ByteQueueTests {
    @Test("gives back what came, in order, never beyond a piece")
    func order() {
        var queue = ByteQueue()
        queue.append("abc")
        queue.append("")
        queue.append("defg")
        #expect(queue.count == 7)
        #expect(queue.front == "abc")
        #expect(queue.take(atMost: 2) == "ab")
        #expect(queue.take(atMost: 5) == "c")
        #expect(queue.front == "defg")
        #expect(queue.takeAll() == "defg")
        #expect(queue.isEmpty)
        #expect(queue.front == nil)
        #expect(queue.take(atMost: 3) == "")
    }

    @Test("joins all pieces on request")
    func join() {
        var queue = ByteQueue()
        for piece in ["one ", "two ", "three"] as [Bytes] { queue.append(piece) }
        #expect(queue.take(atMost: 1) == "o")
        #expect(queue.takeAll() == "ne two three")
        #expect(queue.isEmpty)
        queue.append("again")
        queue.removeAll()
        #expect(queue.takeAll() == "")
    }

    @Test("behaves as one long run of bytes")
    func model() {
        var random = SeededRandom(seed: 11)
        var queue = ByteQueue()
        var model: [UInt8] = []
        for step in 0..<5_000 {
            if random.below(5) < 2 {
                let piece = (0..<random.below(9)).map { UInt8(truncatingIfNeeded: step &+ $0) }
                queue.append(Bytes(piece))
                model += piece
            } else {
                let taken = queue.take(atMost: random.below(12)).array
                #expect(Array(model.prefix(taken.count)) == taken)
                model.removeFirst(taken.count)
            }
            #expect(queue.count == model.count)
        }
        #expect(queue.takeAll().array == model)
    }
}

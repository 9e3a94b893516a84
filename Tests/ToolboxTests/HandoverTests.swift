import Testing
import Toolbox

@Suite("Handing arrays over")
struct HandoverTests {
    @Test("what is taken is all that was there, in order, and the source goes on empty")
    func takesAll() {
        var handover = Handover<Int>()
        var source = [1, 2, 3]
        let taken = handover.take(&source)
        source.append(4)
        #expect(taken == [1, 2, 3])
        #expect(source == [4])
    }

    @Test("the room of an array that was given back serves the source again, empty")
    func keepsRoom() {
        var handover = Handover<Int>()
        var source = Array(0..<1_000)
        handover.giveBack(handover.take(&source))
        _ = handover.take(&source)
        #expect(source.isEmpty)
        #expect(source.capacity >= 1_000)
    }

    @Test("one can take again before giving back")
    func nests() {
        var handover = Handover<Int>()
        var source = [1]
        let outer = handover.take(&source)
        source.append(2)
        let inner = handover.take(&source)
        #expect(outer == [1])
        #expect(inner == [2])
        #expect(source.isEmpty)
    }
}

import Testing
import Toolbox

@Suite("A sorted map")
struct SortedMapTests {
    @Test("agrees with a dictionary, and stays in order")
    func model() {
        var random = SeededRandom(seed: 21)
        var map = SortedMap<Int, Int>()
        var model: [Int: Int] = [:]
        for step in 0..<5_000 {
            let key = random.below(60)
            switch random.below(6) {
            case 0, 1:
                map[key] = step
                model[key] = step
            case 2:
                map[key, default: 0] += 1
                model[key, default: 0] += 1
            case 3: #expect(map.removeValue(forKey: key) == model.removeValue(forKey: key))
            case 4:
                map[key] = nil
                model[key] = nil
            default:
                let old = map.update(key) { value in
                    defer { value = -value }
                    return value
                }
                #expect(old == model[key])
                model[key] = model[key].map { -$0 }
            }
            #expect(map[key] == model[key])
            #expect(map.count == model.count)
        }
        #expect(map.keys == model.keys.sorted())
        #expect(map.map(\.key) == map.keys)
        #expect(map.allSatisfy { model[$0.key] == $0.value })
    }

    @Test("is equal by content, whatever its history")
    func equality() {
        var (one, other) = (SortedMap<String, Int>(), SortedMap<String, Int>())
        for (key, value) in [("b", 2), ("a", 1), ("c", 3)] { one[key] = value }
        for (key, value) in [("c", 3), ("x", 9), ("a", 1), ("b", 2)] { other[key] = value }
        #expect(one != other)
        other["x"] = nil
        #expect(one == other)
        #expect(one.first?.key == "a")
        #expect(one.last?.value == 3)
        #expect(one.values == [1, 2, 3])
    }

    @Test("finds the first key not below another")
    func lowerBound() {
        var map = SortedMap<Int, Bool>()
        #expect(map.lowerBound(of: 5) == 0)
        for key in [10, 20, 30] { map[key] = true }
        #expect([5, 10, 11, 20, 30, 31].map(map.lowerBound(of:)) == [0, 0, 1, 1, 2, 3])
    }

    @Test("drops its first keys as long as asked")
    func prefix() {
        var map = SortedMap<Int, Int>()
        for key in 0..<10 { map[key] = key * key }
        map.removePrefix { key, value in key < 3 || value == 9 }
        #expect(map.keys == Array(4..<10))
        map.removePrefix { _, _ in false }
        #expect(map.count == 6)
        map.removePrefix { _, _ in true }
        #expect(map.isEmpty)
        #expect(map.first == nil)
        #expect(map.last == nil)
    }

    @Test("forgets everything at once")
    func removeAll() {
        var map = SortedMap<Int, Int>()
        map[1] = 1
        map.removeAll()
        #expect(map.isEmpty)
        #expect(map[1] == nil)
    }
}

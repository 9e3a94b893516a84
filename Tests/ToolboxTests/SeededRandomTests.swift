import Testing
import Toolbox

@Suite("Seeded chance")
struct SeededRandomTests {
    @Test("is the published generator")
    func published() {
        // Source: SplitMix64 from 0 gives these; xoshiro256** starts from them.
        var random = SeededRandom(seed: 0)
        let numbers = (0..<4).map { _ in random.next() }
        #expect(
            numbers == [
                0x99EC_5F36_CB75_F2B4, 0xBF6E_1F78_4956_452A, 0x1A5F_849D_4933_E6E0,
                0x6AA5_94F1_262D_2D2C,
            ])
    }

    @Test("is the same for the same seed, another for another")
    func seeds() {
        var (one, same, other) = (
            SeededRandom(seed: 1), SeededRandom(seed: 1), SeededRandom(seed: 2)
        )
        let numbers = (0..<50).map { _ in one.next() }
        #expect(numbers == (0..<50).map { _ in same.next() })
        #expect(numbers != (0..<50).map { _ in other.next() })
    }

    @Test("has streams that leave it, and each other, alone")
    func streams() {
        let root = SeededRandom(seed: 5)
        var (first, second, again) = (root.stream(1), root.stream(2), root.stream(1))
        let numbers = (0..<20).map { _ in first.next() }
        #expect(numbers == (0..<20).map { _ in again.next() })
        #expect(numbers != (0..<20).map { _ in second.next() })
    }

    @Test("stays below its bound and reaches all of it")
    func bounds() {
        var random = SeededRandom(seed: 9)
        var seen = [Int](repeating: 0, count: 10)
        for _ in 0..<10_000 { seen[random.below(10)] += 1 }
        #expect(seen.allSatisfy { $0 > 800 && $0 < 1_200 })
        #expect((0..<100).allSatisfy { _ in random.below(1) == 0 })
    }

    @Test("is true about as often as asked")
    func chances() {
        var random = SeededRandom(seed: 10)
        let count = (0..<10_000).count { _ in random.chance(0.25) }
        #expect(count > 2_300 && count < 2_700)
        #expect(!(0..<1_000).contains { _ in random.chance(0) })
        #expect((0..<1_000).allSatisfy { _ in random.chance(1) })
    }
}

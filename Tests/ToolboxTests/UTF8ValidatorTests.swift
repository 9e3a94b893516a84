import Testing
import Toolbox

@Suite("The UTF-8 validator")
struct UTF8ValidatorTests {
    @Test(
        "takes well-formed text",
        arguments: [
            "", "plain ASCII that is longer than eight bytes", "κόσμε",
            "\u{7F}\u{80}\u{7FF}\u{800}",
            "\u{D7FF}\u{E000}\u{FFFD}\u{FFFF}\u{10000}\u{10FFFF}", "12345678é12345678",
            "1234567é", "\u{0}",
        ])
    func valid(text: String) {
        #expect(UTF8Validator.isValid(Bytes(text)))
    }

    @Test(
        "refuses ill-formed bytes at the first wrong one",
        arguments: [
            ([0x80], 0), ([0xBF], 0), ([0xC0], 0), ([0xC1], 0), ([0xF5], 0), ([0xFF], 0),
            ([0xC2, 0x41], 1), ([0xE0, 0x9F], 1), ([0xE0, 0x80], 1), ([0xED, 0xA0], 1),
            ([0xED, 0xBF], 1), ([0xF0, 0x8F], 1), ([0xF4, 0x90], 1), ([0xE1, 0x80, 0x41], 2),
            ([0xF1, 0x80, 0x80, 0x41], 3), ([0xCE, 0xBA, 0x80], 2), ([0xEF, 0xBF, 0xC0], 2),
            ([0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x80], 9),
        ] as [([UInt8], Int)])
    func invalid(bytes: [UInt8], wrongOffset: Int) {
        var validator = UTF8Validator()
        for (offset, byte) in bytes.enumerated() {
            let isTaken = validator.append([byte])
            #expect(isTaken == (offset < wrongOffset))
        }
        #expect(!validator.isComplete)
        let isTakenLater = validator.append("later")
        #expect(!isTakenLater, "a failure stays")
        #expect(!UTF8Validator.isValid(Bytes(bytes)))
    }

    @Test("knows text that ends within a scalar", arguments: ["é", "€", "𝄞"])
    func cut(scalar: String) {
        let bytes = Bytes("12345678" + scalar)
        for end in 9..<bytes.count {
            var validator = UTF8Validator()
            let isTaken = validator.append(bytes.slice(0..<end))
            #expect(isTaken)
            #expect(!validator.isComplete)
            let isRestTaken = validator.append(bytes.suffix(from: end))
            #expect(isRestTaken)
            #expect(validator.isComplete)
        }
    }

    @Test("agrees with the standard library on all pairs and on random bytes, however split")
    func agreement() {
        for first in UInt8.min...UInt8.max {
            for second in UInt8.min...UInt8.max { check([first, second], splitAt: 1) }
        }
        var random = SeededRandom(seed: 8)
        let likely: [UInt8] = [0x41, 0x80, 0x9F, 0xA0, 0xBF, 0xC3, 0xE0, 0xED, 0xEF, 0xF0, 0xF4]
        for _ in 0..<20_000 {
            let count = 1 + random.below(12)
            let bytes = (0..<count).map { _ in likely[random.below(likely.count)] }
            check(bytes, splitAt: random.below(count))
        }
    }

    private func check(_ bytes: [UInt8], splitAt middle: Int) {
        let bytes = Bytes(bytes)
        var validator = UTF8Validator()
        let isTaken =
            validator.append(bytes.slice(0..<middle))
            && validator.append(bytes.suffix(from: middle)) && validator.isComplete
        #expect(isTaken == (bytes.text != nil))
    }
}

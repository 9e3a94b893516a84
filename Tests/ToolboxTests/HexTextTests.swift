import Testing
import Toolbox

@Suite("Hexadecimal text")
struct HexTextTests {
    @Test("eight characters are those of the number, the first one on top")
    func characters() {
        var random = SeededRandom(seed: 5)
        let numbers = (0..<1_000).map { _ in UInt32(truncatingIfNeeded: random.next()) }
        for number in numbers + [0, 9, 10, 15, 16, 0x9A9A_A9A9, .max] {
            var characters = HexText.characters(of: number)
            var text = ""
            for _ in 0..<8 {
                text.unicodeScalars.append(Unicode.Scalar(UInt8(characters >> 56)))
                characters <<= 8
            }
            let digits = String(number, radix: 16)
            #expect(text == String(repeating: "0", count: 8 - digits.count) + digits)
        }
    }
}

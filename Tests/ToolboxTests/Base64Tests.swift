import Testing
import Toolbox

@Suite("Base 64")
struct Base64Tests {
    // Source: RFC 4648 §10.
    @Test(
        "has the texts of the RFC, both ways",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
        ])
    func published(plain: String, encoded: String) {
        #expect(Base64.text(of: Bytes(plain)) == encoded)
        #expect(Base64.decode(encoded) == Bytes(plain))
    }

    @Test("for URLs has other characters and no padding")
    func urlSafe() {
        let bytes: Bytes = [0xFB, 0xFF, 0xBF, 0xFE]
        #expect(Base64.text(of: bytes) == "+/+//g==")
        #expect(Base64.text(of: bytes, as: .urlSafe) == "-_-__g")
        #expect(Base64.decode("-_-__g", as: .urlSafe) == bytes)
        #expect(Base64.decode("-_-__g==", as: .urlSafe) == nil)
        #expect(Base64.decode("+/+//g", as: .urlSafe) == nil)
        #expect(Base64.decode("-_-__g==") == nil)
    }

    @Test(
        "refuses what no encoder writes",
        arguments: [
            "Z", "Zg", "Zg=", "Zg===", "Zm8", "Zm9v=", "====", "=", "Zg==Zg==", "Z===", " Zg==",
            "Zg==\n", "Zm 9v", "Zh==", "Zm9=", "Zm9\u{E9}", "Zm9\0", "Z=g=",
        ])
    func refused(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test("returns any bytes as they were, in either alphabet")
    func roundTrip() {
        var random = SeededRandom(seed: 64)
        for count in 0..<200 {
            let bytes = Bytes((0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) })
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
            #expect(Base64.decode(Base64.encode(bytes, as: .urlSafe), as: .urlSafe) == bytes)
        }
    }

    @Test("has one text for each run of bytes")
    func canonical() {
        var random = SeededRandom(seed: 65)
        let characters = Array("AQgwZm9/+=_-".utf8)
        for _ in 0..<20_000 {
            let count = random.below(9)
            let text = Bytes((0..<count).map { _ in characters[random.below(characters.count)] })
            for alphabet in [Base64.Alphabet.standard, .urlSafe] {
                guard let bytes = Base64.decode(text, as: alphabet) else { continue }
                #expect(Base64.encode(bytes, as: alphabet) == text)
            }
        }
    }
}

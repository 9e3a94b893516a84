import Testing
import Toolbox

@Suite struct SHA256Tests {
    struct Vector: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let message: Bytes
        let digest: String
    }

    /// Source: NIST, Secure Hashing examples, and CAVP SHA256ShortMsg.
    static let vectors = [
        Vector(
            testDescription: "nothing", message: "",
            digest: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        Vector(
            testDescription: "three letters", message: "abc",
            digest: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        Vector(
            testDescription: "two blocks",
            message: "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            digest: "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
        Vector(
            testDescription: "two blocks and more",
            message: Bytes(
                "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
                    + "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"),
            digest: "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"),
        Vector(
            testDescription: "one byte", message: [0xd3],
            digest: "28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1"),
        Vector(
            testDescription: "a million letters",
            message: Bytes([UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)),
            digest: "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ]

    @Test("gives the published digests", arguments: vectors)
    func published(vector: Vector) {
        #expect(HexDigits.encode(SHA256.hash(vector.message)) == vector.digest)
    }

    @Test("does not mind how its input is cut")
    func pieces() {
        var random = SeededRandom(seed: 7)
        for length in 0..<200 {
            let message = Bytes((0..<length).map { _ in UInt8(random.below(256)) })
            var hash = SHA256()
            var offset = 0
            while offset < length {
                let count = min(length - offset, random.below(70))
                hash.update(message.slice(offset..<offset + count))
                offset += count
            }
            #expect(hash.finish() == SHA256.hash(message))
        }
    }
}

@Suite struct HMACTests {
    struct Vector: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let key: Bytes
        let message: Bytes
        let code: String
    }

    static func repeated(_ byte: UInt8, _ count: Int) -> Bytes {
        Bytes([UInt8](repeating: byte, count: count))
    }

    /// Source: RFC 4231 §4.
    static let vectors = [
        Vector(
            testDescription: "4.2", key: repeated(0x0b, 20), message: "Hi There",
            code: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        Vector(
            testDescription: "4.3, a key shorter than the code", key: "Jefe",
            message: "what do ya want for nothing?",
            code: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        Vector(
            testDescription: "4.4", key: repeated(0xaa, 20), message: repeated(0xdd, 50),
            code: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        Vector(
            testDescription: "4.5", key: Bytes((1...25).map { UInt8($0) }),
            message: repeated(0xcd, 50),
            code: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
        Vector(
            testDescription: "4.7, a key longer than a block", key: repeated(0xaa, 131),
            message: "Test Using Larger Than Block-Size Key - Hash Key First",
            code: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
        Vector(
            testDescription: "4.8, both longer than a block", key: repeated(0xaa, 131),
            message: Bytes(
                "This is a test using a larger than block-size key and a larger than block-size"
                    + " data. The key needs to be hashed before being used by the HMAC algorithm."),
            code: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
    ]

    @Test("gives the codes of RFC 4231", arguments: vectors)
    func published(vector: Vector) {
        #expect(HexDigits.encode(HMAC(key: vector.key).code(for: vector.message)) == vector.code)
    }

    @Test("is used again and again with the same key")
    func again() {
        let hmac = HMAC(key: "Jefe")
        let first = hmac.code(for: "one")
        #expect(hmac.code(for: "two") != first)
        #expect(hmac.code(for: "one") == first)
    }
}

@Suite struct Base64URLTests {
    /// Source: RFC 4648 §10, without padding.
    @Test(
        "gives the texts of RFC 4648",
        arguments: [
            ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"),
            ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy"),
        ] as [(String, String)])
    func published(plain: String, text: String) {
        #expect(Base64URL.encode(Bytes(plain)) == text)
        #expect(Base64URL.decode(text) == Bytes(plain))
    }

    @Test("uses the two characters that stand in URLs")
    func alphabet() {
        #expect(Base64URL.encode([0xfb, 0xff, 0xbf]) == "-_-_")
        #expect(Base64URL.decode("-_-_") == [0xfb, 0xff, 0xbf])
    }

    @Test(
        "refuses what it would never write",
        arguments: ["Z", "Zg==", "Zh", "Zm9", "+/+/", "Zm 9v", "Zm9vY", "é"])
    func refused(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test("reads back any bytes")
    func roundTrip() {
        var random = SeededRandom(seed: 3)
        for length in 0..<100 {
            let bytes = Bytes((0..<length).map { _ in UInt8(random.below(256)) })
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
            #expect(HexDigits.decode(HexDigits.encode(bytes)) == bytes)
        }
    }

    @Test("reads hexadecimal digits only", arguments: ["0", "0g", "xx", "é"])
    func refusedDigits(text: String) {
        #expect(HexDigits.decode(text) == nil)
    }

    @Test("writes a number as 16 digits")
    func number() {
        #expect(HexDigits.encode(UInt64(0xab)) == "00000000000000ab")
    }
}

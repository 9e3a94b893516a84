import Testing
import Toolbox

@Suite("JSON from outside")
struct JSONParserTests {
    static let accepted: [(String, JSONValue)] = [
        ("null", JSONValue.null), (" true ", true), ("\t\r\nfalse", false),
        ("0", 0), ("-0", 0), ("-1", -1), ("9223372036854775807", .integer(.max)),
        ("-9223372036854775808", .integer(.min)),
        ("9223372036854775808", .number(9_223_372_036_854_775_808)),
        ("123456789012345678901234567890", .number(1.2345678901234568e29)),
        ("1.0", .number(1)), ("-1.5e3", .number(-1500)), ("1E+2", .number(100)),
        ("1e-2", .number(0.01)), ("0e1", .number(0)), ("0.1", .number(0.1)),
        ("1e-400", .number(0)), (#""""#, ""), (#""a""#, "a"), (#""a\/b""#, "a/b"),
        (#""\"\\\b\f\n\r\t""#, "\"\\\u{8}\u{C}\n\r\t"), (#""\u0041""#, "A"),
        (#""\u00e9\u20AC""#, "é€"), (#""\ud83d\ude00x""#, "😀x"), (#""😀""#, "😀"),
        (#""\u0000""#, "\u{0}"), ("\"\u{7F}\u{10FFFF}\"", "\u{7F}\u{10FFFF}"),
        ("[]", []), ("[ ]", []), ("[1,2]", [1, 2]), ("[ 1 , [ ] ]", [1, []]), ("{}", [:]),
        (#"{"a":1,"b":[{"a":null}]}"#, ["a": 1, "b": [["a": .null]]]),
        (#"{"":0}"#, ["": 0]), (#" { "a" : "b" } "#, ["a": "b"]),
        (#"{"a":1,"A":2}"#, ["a": 1, "A": 2]),
    ]

    @Test("what RFC 8259 allows is taken, with its value", arguments: accepted)
    func accepts(text: String, value: JSONValue) throws {
        #expect(try JSONValue.parse(Bytes(text)) == value)
    }

    @Test(
        "what RFC 8259 does not allow is refused",
        arguments: [
            "", " ", "nul", "nulll", "True", "NaN", "Infinity", "-", "+1", "01", "-01", "1.", ".5",
            "1.e2", "1e", "1e+", "0x10", "1_000", "1 2", "1e400", "--1", "[", "]", "[1", "[1,",
            "[1,]", "[,1]", "[1 2]", "[1,,2]", "{", "}", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#,
            #"{,"a":1}"#, #"{a:1}"#, "{1:1}", #"{"a" 1}"#, #"{"a":1 "b":2}"#, "{'a':1}", "[1}",
            "{]", "[]]", "{}{}", "null null", "/* */ null", "null //", "\u{FEFF}null", "\u{A0}1",
            #"""#, #""a"#, #""a\"#, #""\x""#, #""\u12""#, #""\u12g4""#, #""\U0041""#, #""\'""#,
            "\"\n\"", "\"\t\"", "\"\u{0}\"", #""\ud83d""#, #""\ud83dx""#, #""\ude00""#,
            #""\ud83d\u0041""#, #""\ud83d\ud83d""#, #"{"a":1,"a":1}"#, #"{"a":1,"\u0061":2}"#,
            "\u{C}1", "[\u{B}1]", "#", "[1;2]", "falsetrue",
        ])
    func refuses(text: String) {
        #expect(throws: JSONFailure.self) { try JSONValue.parse(Bytes(text)) }
    }

    @Test(
        "text that is not UTF-8 is refused",
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0x80],
            [0xE2, 0x82], [0xE2, 0x28, 0xA1], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF],
            [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x9F, 0x98], [0xF0, 0x9F, 0x98, 0x28],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xFE],
        ] as [[UInt8]])
    func refusesBrokenUTF8(bytes: [UInt8]) {
        let document = Bytes([0x22] + bytes + [0x22])
        #expect(throws: JSONFailure.self) { try JSONValue.parse(document) }
        #expect(throws: JSONFailure.self) { try JSONValue.parse(Bytes([0x22] + bytes)) }
    }

    @Test("each failure says what and where")
    func namesFailures() {
        func failure(_ text: String) -> JSONFailure? {
            do throws(JSONFailure) {
                _ = try JSONValue.parse(Bytes(text))
                return nil
            } catch {
                return error
            }
        }
        #expect(failure("[1") == .unexpectedEnd)
        #expect(failure("[x]") == .unexpectedByte(UInt8(ascii: "x"), offset: 1))
        #expect(failure("[01]") == .invalidNumber(offset: 1))
        #expect(failure("[\"\\q\"]") == .invalidText(offset: 2))
        #expect(failure(#"{"a":1,"a":2}"#) == .duplicateKey(offset: 7))
        #expect(failure("1 1") == .trailing(offset: 2))
        #expect(failure(String(repeating: "1", count: 1_025)) == .invalidNumber(offset: 0))
    }

    @Test("32 levels are taken and 33 refused, without deep recursion for a million")
    func boundsDepth() throws {
        func nested(_ count: Int) -> Bytes {
            Bytes(String(repeating: "[", count: count) + String(repeating: "]", count: count))
        }
        _ = try JSONValue.parse(nested(32))
        #expect(throws: JSONFailure.tooDeep(offset: 32)) { try JSONValue.parse(nested(33)) }
        #expect(throws: JSONFailure.self) { try JSONValue.parse(nested(1_000_000)) }
        let objects =
            String(repeating: "{\"a\":", count: 33) + "1" + String(repeating: "}", count: 33)
        #expect(throws: JSONFailure.tooDeep(offset: 160)) { try JSONValue.parse(Bytes(objects)) }
    }

    @Test("256 keys are taken and 257 refused; a duplicate is found at any distance")
    func boundsKeys() throws {
        func object(_ keys: some Sequence<Int>) -> Bytes {
            Bytes("{" + keys.map { "\"k\($0)\":\($0)" }.joined(separator: ",") + "}")
        }
        let value = try JSONValue.parse(object(0..<256))
        #expect(value.object?.count == 256)
        #expect(value["k255"] == 255)
        #expect(throws: JSONFailure.self) { try JSONValue.parse(object(0..<257)) }
        for duplicate in [0, 15, 16, 17, 199] {
            #expect(throws: JSONFailure.self) {
                try JSONValue.parse(object(Array(0..<200) + [duplicate]))
            }
        }
    }

    @Test("a document of too many values is refused")
    func boundsValues() {
        let zeros = String(repeating: "0,", count: JSONValue.valuesMaximum)
        #expect(throws: JSONFailure.self) { try JSONValue.parse(Bytes("[\(zeros)0]")) }
    }

    @Test("a slice of a larger buffer is read within its own bounds")
    func readsSlices() throws {
        let buffer = Bytes(#"xx{"a":"b"}"},"#)
        #expect(try JSONValue.parse(buffer.slice(2..<11)) == ["a": "b"])
        #expect(throws: JSONFailure.self) { try JSONValue.parse(buffer.slice(2..<10)) }
        #expect(throws: JSONFailure.self) { try JSONValue.parse(buffer.slice(2..<12)) }
    }

    @Test("cut, flipped and random bytes give a value or a failure")
    func survivesFuzzing() {
        var random = SeededRandom(seed: 8_259)
        let seed = Bytes(
            #"{"op":"send","id":12,"text":"h\u00e9 😀\n\ud83d\ude00","f":[1.5e3,-0,true,null,{}]}"#)
        var taken = 0
        for round in 0..<20_000 {
            var bytes = seed.array
            if round % 3 == 0 {
                bytes.removeLast(random.below(bytes.count))
            } else {
                for _ in 0...random.below(3) {
                    bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
                }
            }
            do throws(JSONFailure) {
                let value = try JSONValue.parse(Bytes(bytes))
                taken += 1
                let again = try JSONValue.parse(value.encoded())
                #expect(again == value)
            } catch {
                continue
            }
        }
        #expect(taken > 100)
    }
}

import Testing
import Toolbox

@Suite("JSON to the outside")
struct JSONWriterTests {
    @Test("commas stand between members and elements and nowhere else")
    func putsCommas() {
        var json = JSONWriter()
        json.beginObject()
        json.member("a", Int64(-1))
        json.key("b")
        json.beginArray()
        json.beginArray()
        json.endArray()
        json.beginObject()
        json.endObject()
        json.null()
        json.value(true)
        json.raw("[0]")
        json.endArray()
        json.member("c", "x")
        json.member("d", ifAny: UInt64?.none)
        json.member("e", false)
        json.endObject()
        #expect(json.take().text == #"{"a":-1,"b":[[],{},null,true,[0]],"c":"x","e":false}"#)
    }

    @Test(
        "text is escaped where it must be",
        arguments: [
            ("", #""""#), ("plain", #""plain""#), (#"a"b\c"#, #""a\"b\\c""#),
            ("\u{8}\t\n\u{C}\r", #""\b\t\n\f\r""#), ("\u{0}\u{1F}", #""\u0000\u001f""#),
            ("é😀\u{7F}\u{2028}", "\"é😀\u{7F}\u{2028}\""), ("\"", #""\"""#), ("</x>", #""</x>""#),
        ])
    func escapes(text: String, written: String) {
        #expect(JSONValue.text(text).encoded().text == written)
        var json = JSONWriter()
        json.value(text)
        #expect(json.take().text == written)
    }

    static let numbers: [(JSONValue, String)] = [
        (0, "0"), (10, "10"), (.integer(.max), "9223372036854775807"),
        (.integer(.min), "-9223372036854775808"), (.number(0.5), "0.5"), (.number(.nan), "null"),
    ]

    @Test("numbers keep their value", arguments: numbers)
    func writesNumbers(value: JSONValue, written: String) {
        #expect(value.encoded().text == written)
    }

    @Test("digits and hex digits are strings of fixed form")
    func writesDigits() {
        var json = JSONWriter()
        json.beginArray()
        json.digits(.max)
        json.digits(7)
        json.hexDigits(0xAB)
        json.hexDigits(.max)
        json.endArray()
        #expect(
            json.take().text
                == #"["18446744073709551615","7","00000000000000ab","ffffffffffffffff"]"#)
    }

    @Test("JSON is appended behind what a writer holds")
    func appends() {
        var writer = ByteWriter()
        writer.writeRaw("x=")
        writer.writeJSON { $0.value([1, "a"]) }
        writer.writeRaw(";")
        #expect(writer.take().text == #"x=[1,"a"];"#)
    }

    @Test("random values are read back as they were written")
    func roundTrips() throws {
        var random = SeededRandom(seed: 7)
        for _ in 0..<2_000 {
            let value = Self.value(depth: 0, &random)
            #expect(try JSONValue.parse(value.encoded()) == value)
        }
    }

    private static func value(depth: Int, _ random: inout SeededRandom) -> JSONValue {
        switch random.below(depth > 3 ? 5 : 7) {
        case 0: return .null
        case 1: return .bool(random.chance(0.5))
        case 2: return .integer(Int64(bitPattern: random.next() >> random.below(UInt64(64))))
        case 3: return .number(Double(random.below(1_000_000)) / 64 + 0.001)
        case 4: return .text(text(&random))
        case 5: return .array((0..<random.below(5)).map { _ in value(depth: depth + 1, &random) })
        default:
            var object = JSONObject()
            for _ in 0..<random.below(20) {
                object.set(text(&random), to: value(depth: depth + 1, &random))
            }
            return .object(object)
        }
    }

    private static func text(_ random: inout SeededRandom) -> String {
        var text = ""
        for _ in 0..<random.below(12) {
            let bound: UInt64 = random.chance(0.7) ? 0x80 : 0x11_0000
            if let scalar = Unicode.Scalar(UInt32(random.below(bound))) {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}

@Suite("Text kept as bytes")
struct BytesTextTests {
    @Test("scalars are counted and cut whole")
    func countsScalars() {
        let text = Bytes("aé€😀e\u{301}")
        #expect(text.unicodeScalarsCount == 6)
        #expect(text.prefix(unicodeScalars: 0).text == "")
        #expect(text.prefix(unicodeScalars: 3).text == "aé€")
        #expect(text.prefix(unicodeScalars: 4).text == "aé€😀")
        #expect(text.prefix(unicodeScalars: 6) == text)
        #expect(text.prefix(unicodeScalars: 100) == text)
        #expect(Bytes().unicodeScalarsCount == 0)
    }

    @Test(
        "only the plain form of a number is its digits",
        arguments: [
            ("0", UInt64?.some(0)), ("7", 7), ("18446744073709551615", .max),
            ("18446744073709551616", nil), ("99999999999999999999", nil), ("", nil), ("00", nil),
            ("07", nil), ("+7", nil), ("-7", nil), ("7 ", nil), ("7a", nil),
            ("184467440737095516150", nil),
        ])
    func readsDigits(text: String, number: UInt64?) {
        #expect(Bytes(text).decimalNumber == number)
    }

    @Test(
        "16 lower-case hex digits are a number",
        arguments: [
            ("00000000000000ab", UInt64?.some(0xAB)), ("ffffffffffffffff", .max),
            ("00000000000000AB", nil), ("ab", nil), ("", nil), ("00000000000000ag", nil),
        ])
    func readsHexDigits(text: String, number: UInt64?) {
        #expect(Bytes(text).hexNumber == number)
    }
}

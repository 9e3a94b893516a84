import Testing
import Toolbox

@Suite("Bytes")
struct BytesTests {
    @Test("are cut without losing where they are")
    func slices() {
        let bytes: Bytes = "0123456789"
        let middle = bytes.slice(2..<8)
        #expect(middle.count == 6)
        #expect(middle[0] == UInt8(ascii: "2"))
        #expect(middle[5] == UInt8(ascii: "7"))
        #expect(middle.slice(1..<3) == "34")
        #expect(middle.suffix(from: 4) == "67")
        #expect(middle.suffix(from: 6).isEmpty)
        #expect(middle.array == Array("234567".utf8))
        #expect(middle.detached() == middle)
        #expect(middle.withUnsafeBytes { Array($0) } == middle.array)
        #expect(bytes.array == Array("0123456789".utf8))
    }

    @Test("share storage when they are cut")
    func sharing() {
        let bytes = Bytes([UInt8](repeating: 7, count: 100))
        let whole = bytes.withUnsafeBytes { $0.baseAddress }
        let part = bytes.slice(10..<20).withUnsafeBytes { $0.baseAddress }
        #expect(whole.map { $0 + 10 } == part)
        #expect(bytes.slice(10..<20).detached().withUnsafeBytes { $0.baseAddress } != part)
    }

    @Test("are equal, and hash alike, by content alone")
    func equality() {
        let whole: Bytes = "xabcx"
        let part = whole.slice(1..<4)
        #expect(part == "abc")
        #expect(part.hashValue == ("abc" as Bytes).hashValue)
        #expect(part != "abd")
        #expect(part != "ab")
        #expect(Bytes() == "")
        #expect(Set([part, "abc"]).count == 1)
    }

    @Test(
        "stand in the order of their bytes, the shorter first",
        arguments: [("", "a"), ("a", "b"), ("a", "ab"), ("ab", "b"), ("a", "é"), ("z", "é")])
    func order(low: String, high: String) {
        #expect(Bytes(low) < Bytes(high))
        #expect(!(Bytes(high) < Bytes(low)))
        #expect(!(Bytes(low) < Bytes(low)))
    }

    @Test("are text only if they are UTF-8")
    func text() {
        #expect(Bytes("é€𝄞").text == "é€𝄞")
        #expect(Bytes().text == "")
        #expect(([0xC3, 0x28] as Bytes).text == nil)
        #expect(Bytes("é").slice(0..<1).text == nil)
    }

    @Test("stop the process rather than read outside")
    func outside() async {
        await #expect(processExitsWith: .failure) {
            _ = Bytes("abc").slice(1..<2)[1]
        }
        await #expect(processExitsWith: .failure) {
            _ = Bytes("abc").slice(1..<3).slice(0..<3)
        }
    }

    @Test("bytes are equal that agree in every byte, wherever they lie")
    func equalityOfEveryByte() {
        for count in 0..<40 {
            let array = (0..<count).map { UInt8($0) }
            let slice = Bytes([9, 9, 9] + array + [8]).slice(3..<3 + count)
            #expect(slice == Bytes(array))
            for place in 0..<count {
                var other = array
                other[place] ^= 0x80
                #expect(slice != Bytes(other), "\(count) bytes, byte \(place)")
            }
            #expect(slice != Bytes(array + [8]))
        }
    }
}

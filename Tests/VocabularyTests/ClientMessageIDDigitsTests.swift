import Testing
import Toolbox
import Vocabulary

@Suite("Client message ids, digit by digit")
struct ClientMessageIDDigitsTests {
    private static let text = "01890a5d-ac96-774b-bcce-b302099a8057"

    @Test("are read in either case and written in the lower one")
    func roundTrip() throws {
        for text in [Self.text, Self.text.uppercased()] {
            let id = try #require(ClientMessageID(text: Bytes(text)))
            #expect(id.high == 0x0189_0a5d_ac96_774b)
            #expect(id.low == 0xbcce_b302_099a_8057)
            #expect(id.withText { Array($0) } == Array(Self.text.utf8))
        }
    }

    @Test("are refused with any other byte in any place")
    func otherBytes() {
        let whole = Array(Self.text.utf8)
        for offset in whole.indices {
            for byte in UInt8.min...UInt8.max {
                var bytes = whole
                bytes[offset] = byte
                let character = Character(UnicodeScalar(byte))
                let isHyphen = whole[offset] == UInt8(ascii: "-")
                // The version and the variant stand in two of the places.
                let allowed =
                    switch offset {
                    case 14: byte == UInt8(ascii: "7")
                    case 19: "89abAB".contains(character)
                    default:
                        isHyphen
                            ? byte == UInt8(ascii: "-")
                            : character.isASCII && character.isHexDigit
                    }
                #expect((ClientMessageID(text: Bytes(bytes)) != nil) == allowed)
            }
        }
        #expect(ClientMessageID(text: Bytes(whole.dropLast())) == nil)
        #expect(ClientMessageID(text: Bytes(whole + [0x30])) == nil)
    }
}

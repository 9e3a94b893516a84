import Testing
import Vocabulary

@Suite("The id that a client makes")
struct ClientMessageIDTests {
    // Source: RFC 9562 appendix A.6.
    static let example = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"

    @Test("is read and shown as the RFC's example")
    func example() throws {
        let id = try #require(ClientMessageID(Self.example))
        #expect(id.high == 0x017F_22E2_79B0_7CC3)
        #expect(id.low == 0x98C4_DC0C_0C07_398F)
        #expect(id.time == WallTime(milliseconds: 0x017F_22E2_79B0))
        #expect(id.description == Self.example)
    }

    @Test("is the same in either case, shown in lower")
    func cases() throws {
        let id = try #require(ClientMessageID(Self.example.uppercased()))
        #expect(id == ClientMessageID(Self.example))
        #expect(id.description == Self.example)
    }

    @Test(
        "is nothing else",
        arguments: [
            "", "017f22e279b07cc398c4dc0c0c07398f", "{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}",
            "017f22e2-79b0-7cc3-98c4-dc0c0c07398", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
            "017f22e2-79b0-4cc3-98c4-dc0c0c07398f", "017f22e2-79b0-7cc3-18c4-dc0c0c07398f",
            "017f22e2-79b0-7cc3-d8c4-dc0c0c07398f", "017f22e279-b0-7cc3-98c4-dc0c0c07398f",
            "017f22e2-79b0-7cc3-98c4-dc0c0c07398g", "017f22e2 79b0 7cc3 98c4 dc0c0c07398f",
            "017f22e2-79b0-7cc3-98c4-dc0c0c0739é", "+17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
            "00000000-0000-0000-0000-000000000000",
        ])
    func refused(text: String) {
        #expect(ClientMessageID(text) == nil)
    }

    @Test("carries its time, its version and the chance given")
    func made() throws {
        let time = WallTime(milliseconds: 1_700_000_000_123)
        let id = ClientMessageID(time: time, random: (.max, .max))
        #expect(id.time == time)
        #expect(id.description == "018bcfe5-687b-7fff-bfff-ffffffffffff")
        let other = ClientMessageID(time: time, random: (0, 0))
        #expect(other.description == "018bcfe5-687b-7000-8000-000000000000")
        for made in [id, other] { #expect(ClientMessageID(made.description) == made) }
    }

    @Test("stands in the order of its time first")
    func order() {
        let early = ClientMessageID(time: WallTime(milliseconds: 1), random: (.max, .max))
        let late = ClientMessageID(time: WallTime(milliseconds: 2), random: (0, 0))
        #expect(early < late)
        #expect(ClientMessageID(high: 1, low: 2) < ClientMessageID(high: 1, low: 3))
    }
}

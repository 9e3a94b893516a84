import Testing
import Toolbox
import Vocabulary

@Suite("The text of a client's message id")
struct ClientMessageIDTextTests {
    @Test("text is read in either case and written in lower case")
    func roundTrips() {
        var random = SeededRandom(seed: 9_562)
        for _ in 0..<1_000 {
            let id = ClientMessageID(
                time: WallTime(milliseconds: Int64(random.below(UInt64(1 << 48)))),
                random: (random.next(), random.next()))
            let text = id.withText { Bytes(Array($0)) }
            #expect(text.text == id.description)
            #expect(ClientMessageID(text: text) == id)
            #expect(ClientMessageID(text: Bytes(id.description.uppercased())) == id)
        }
    }

    @Test(
        "what is no UUID of version 7 is refused",
        arguments: [
            "", "01912d68-783e-7a03-8467-5661c1243ad", "01912d68-783e-7a03-8467-5661c1243ad44",
            "01912d68-783e-4a03-8467-5661c1243ad4", "01912d68-783e-7a03-c467-5661c1243ad4",
            "01912d68x783e-7a03-8467-5661c1243ad4", "01912d68-783e-7a03-8467-5661c1243adg",
            "01912d68783e-7a03-8467-5661c1243ad4-", "00000000-0000-0000-0000-000000000000",
        ])
    func refuses(text: String) {
        #expect(ClientMessageID(text: Bytes(text)) == nil)
    }
}

import Membership
import Testing
import Toolbox
import Vocabulary

@Suite("Words of membership as bytes")
struct CodecTests {
    /// What was written is read back; anything cut or longer is refused; damage never traps.
    static func check<Word: ByteCodable & Equatable>(
        _ word: Word, _ words: inout RandomWords
    ) throws {
        let bytes = word.encoded()
        #expect(try Word(decoding: bytes) == word)
        for count in 0..<bytes.count {
            #expect(throws: DecodeFailure.self) { try Word(decoding: bytes.slice(0..<count)) }
        }
        #expect(throws: DecodeFailure.self) { try Word(decoding: Bytes(bytes.array + [0])) }
        for _ in 0..<20 { read(Word.self, words.damaged(bytes)) }
        for _ in 0..<20 { read(Word.self, words.bytes()) }
    }

    /// Whatever is read can be written again.
    static func read<Word: ByteCodable & Equatable>(_ type: Word.Type, _ bytes: Bytes) {
        guard case .success(let word) = Result(catching: { try Word(decoding: bytes) }) else {
            return
        }
        #expect(word.encoded() == bytes)
    }

    @Test("come back as they went, and nothing else comes back", arguments: Array<UInt64>(1...30))
    func roundTrips(seed: UInt64) throws {
        var words = RandomWords(seed: seed)
        try Self.check(words.command(), &words)
        try Self.check(words.reply(), &words)
        try Self.check(words.query(), &words)
        try Self.check(words.answer(), &words)
        try Self.check(words.effect(), &words)
        try Self.check(words.record(), &words)
        try Self.check(words.refusal(), &words)
    }
}

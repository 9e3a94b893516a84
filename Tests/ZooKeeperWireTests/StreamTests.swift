import Testing
import Toolbox
import ZooKeeperWire

@Suite("Streams")
struct StreamTests {
    private static let password = Record().int(16).appending((1...16).map { UInt8($0) })
    private static let connect = Record().int(0).long(0x55).int(30_000).long(0x1234)
        .appending(password.array)
    private static let request = ConnectRequest(
        lastZxidSeen: Zxid(0x55), timeoutMilliseconds: 30_000,
        session: CoordinationSessionID(0x1234), password: Bytes((1...16).map { UInt8($0) }),
        acceptsReadOnly: true)

    /// Everything that comes out of `pieces`.
    private static func read(_ pieces: [Bytes]) throws -> [ZooKeeperInput] {
        var decoder = ZooKeeperFrameDecoder()
        var inputs: [ZooKeeperInput] = []
        for piece in pieces {
            decoder.append(piece)
            while let input = try decoder.next() { inputs.append(input) }
        }
        return inputs
    }

    @Test("a handshake of 45 bytes says whether read-only will do, one of 44 does not")
    func handshakes() throws {
        #expect(Self.connect.array.count == 44)
        let new = Self.connect.byte(1).framed().bytes
        let old = Self.connect.framed().bytes
        var silent = Self.request
        silent.acceptsReadOnly = nil
        #expect(try Self.read([new]) == [.handshake(Self.request)])
        #expect(try Self.read([old]) == [.handshake(silent)])
        var writer = ByteWriter()
        writer.write(connect: Self.request)
        #expect(writer.take() == new)
        writer.write(connect: silent)
        #expect(writer.take() == old)
    }

    @Test("a password may be null or empty")
    func passwords() throws {
        for password in [Record().null(), Record().int(0)] {
            let frame = Record().int(0).long(0).int(-5).long(0).appending(password.array).byte(0)
            let expected = ConnectRequest(timeoutMilliseconds: -5, password: "")
            #expect(try Self.read([frame.framed().bytes]) == [.handshake(expected)])
        }
    }

    @Test("the answer has 37 bytes for those who said it and 36 for those who did not")
    func responses() throws {
        let response = ConnectResponse(
            timeoutMilliseconds: 4_000, session: CoordinationSessionID(7),
            password: Self.request.password, isReadOnly: true)
        let record = Record().int(0).int(4_000).long(7).appending(Self.password.array)
        var writer = ByteWriter()
        writer.write(connected: response)
        #expect(record.array.count == 36)
        #expect(writer.take() == record.byte(1).framed().bytes)
        var silent = response
        silent.isReadOnly = nil
        writer.write(connected: silent)
        #expect(writer.take() == record.framed().bytes)
        #expect(try ConnectResponse(frame: record.byte(1).bytes) == response)
        #expect(try ConnectResponse(frame: record.bytes) == silent)
    }

    @Test("a session that is gone is told in the length that the client reads")
    func expired() {
        var writer = ByteWriter()
        writer.write(connected: .expired(answering: Self.request))
        let record = Record().int(0).int(0).long(0).int(16)
            .appending([UInt8](repeating: 0, count: 16))
        #expect(writer.take() == record.byte(0).framed().bytes)
        var silent = Self.request
        silent.acceptsReadOnly = nil
        writer.write(connected: .expired(answering: silent))
        #expect(writer.take() == record.framed().bytes)
    }

    @Test("a handshake cut short or of absurd lengths ends the stream")
    func wrongHandshakes() {
        for count in 0..<44 {
            let frame = Record().appending(Array(Self.connect.array.prefix(count))).framed()
            #expect(throws: ZooKeeperStreamFailure.self) { try Self.read([frame.bytes]) }
        }
        let long = Record().int(0).long(0).int(0).long(0).int(1 << 30).byte(0).framed()
        #expect(throws: ZooKeeperStreamFailure.self) { try Self.read([long.bytes]) }
    }

    @Test("a handshake with any bit flipped is read or ends the stream")
    func flippedHandshakes() {
        for bytes in Fixture.flips(of: Self.connect.byte(0).framed().array) {
            do {
                #expect(try Self.read([bytes]).count <= 1)
            } catch {
                #expect(error is ZooKeeperStreamFailure)
            }
        }
    }

    private static let requests = RequestCase.all.map(\.frame)

    private static var stream: Bytes {
        var record = connect.byte(1).framed()
        for request in requests { record = record.appending(request.framed().array) }
        return record.bytes
    }

    private static var inputs: [ZooKeeperInput] {
        [.handshake(request)] + requests.map { .request($0.bytes) }
    }

    @Test("frames come out whole wherever the stream is cut")
    func cuts() throws {
        let stream = Self.stream
        let inputs = Self.inputs
        for cut in 0...stream.count {
            #expect(try Self.read([stream.slice(0..<cut), stream.suffix(from: cut)]) == inputs)
        }
    }

    @Test("frames come out whole however small the pieces", arguments: [1, 2, 3, 5, 31, 64])
    func pieces(length: Int) throws {
        let stream = Self.stream
        let pieces = stride(from: 0, to: stream.count, by: length).map {
            stream.slice($0..<min($0 + length, stream.count))
        }
        #expect(try Self.read(pieces) == Self.inputs)
        // And when nobody asks before everything is there.
        var decoder = ZooKeeperFrameDecoder()
        for piece in pieces { decoder.append(piece) }
        var inputs: [ZooKeeperInput] = []
        while let input = try decoder.next() { inputs.append(input) }
        #expect(inputs == Self.inputs)
        #expect(decoder.heldBytes == 0)
    }

    @Test("a word at the start is a word, whatever follows", arguments: FourLetterWord.allCases)
    func words(word: FourLetterWord) throws {
        let bytes = Bytes(word.text)
        #expect(try Self.read([bytes]) == [.word(word)])
        #expect(try Self.read([Bytes(word.text + "\n")]) == [.word(word)])
        #expect(try Self.read((0..<4).map { bytes.slice($0..<$0 + 1) }) == [.word(word)])
        #expect(try Self.read([bytes, Self.stream]) == [.word(word)])
    }

    @Test("a word behind the handshake is a length over the limit")
    func lateWord() {
        let stream = Self.connect.framed().appending(Array("ruok".utf8))
        #expect(throws: ZooKeeperStreamFailure.length(0x7275_6F6B)) {
            try Self.read([stream.bytes])
        }
    }

    @Test(
        "a length below zero or over the limit ends the stream at once",
        arguments: [-1, Int32.min, 0x10_0000, 1 << 30, Int32.max, 0x7878_7878])
    func lengths(length: Int32) throws {
        let junk = [UInt8](repeating: 1, count: 26)
        #expect(throws: ZooKeeperStreamFailure.length(length)) {
            try Self.read([Record().int(length).appending(junk).bytes])
        }
        #expect(throws: ZooKeeperStreamFailure.length(length)) {
            try Self.read([Self.connect.framed().int(length).bytes])
        }
    }

    @Test("a frame of just the limit is read, in pieces that are not asked to be more")
    func limit() throws {
        let frame = Record().appending([UInt8](repeating: 7, count: 0xFFFFF))
        var decoder = ZooKeeperFrameDecoder()
        decoder.append(Self.connect.framed().bytes)
        #expect(try decoder.next() != nil)
        let bytes = frame.framed().bytes
        decoder.append(bytes.slice(0..<10))
        #expect(try decoder.next() == nil)
        #expect(decoder.heldBytes == 10)
        decoder.append(bytes.suffix(from: 10))
        #expect(try decoder.next() == .request(frame.bytes))
        #expect(try decoder.next() == nil)
    }

    @Test("a failure is final")
    func final() {
        var decoder = ZooKeeperFrameDecoder()
        decoder.append(Record().int(-5).bytes)
        for _ in 0..<2 {
            #expect(throws: ZooKeeperStreamFailure.length(-5)) { _ = try decoder.next() }
            decoder.append(Self.stream)
            #expect(decoder.heldBytes == 0)
        }
    }

    @Test("an empty frame is a frame")
    func emptyFrame() throws {
        let stream = Self.connect.framed().int(0).int(0)
        #expect(try Self.read([stream.bytes]).dropFirst() == [.request(""), .request("")])
    }
}

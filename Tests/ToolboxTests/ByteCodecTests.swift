import Testing
import Toolbox

@Suite("The byte writer and the byte reader")
struct ByteCodecTests {
    @Test("write low bytes first, or high bytes first by name")
    func order() {
        var writer = ByteWriter()
        writer.write(0x0102_0304 as UInt32)
        writer.writeBigEndian(0x0506 as UInt16)
        writer.write(-2 as Int16)
        #expect(writer.take() == [4, 3, 2, 1, 5, 6, 0xFE, 0xFF])
        #expect(writer.isEmpty)
    }

    private func sample() -> Bytes {
        var writer = ByteWriter(reserving: 8)
        writer.write(UInt64.max - 1)
        writer.writeBigEndian(-5 as Int32)
        writer.write(true)
        writer.write(false)
        writer.writeCounted("bytes" as Bytes)
        writer.writeCounted("tëxt" as String)
        writer.writeRaw([1, 2, 3] as [UInt8])
        writer.writeRaw("raw" as Bytes)
        writer.writeOptional(7 as UInt16?) { $0.write($1) }
        writer.writeOptional(nil as UInt16?) { $0.write($1) }
        writer.writeList([10, 20, 30] as [UInt8]) { $0.write($1) }
        return writer.take()
    }

    private func readSample(_ bytes: Bytes) throws(DecodeFailure) -> [String] {
        var reader = ByteReader(bytes)
        var values: [String] = []
        values.append("\(try reader.read(UInt64.self))")
        values.append("\(try reader.readBigEndian(Int32.self))")
        values.append("\(try reader.readBool())")
        values.append("\(try reader.readBool())")
        values.append("\(try reader.readCounted().array.count)")
        values.append(try reader.readCountedText())
        values.append("\(try reader.readRaw(3).array)")
        values.append("\(try reader.readRaw(3).array)")
        let some = try reader.readOptional { (inner) throws(DecodeFailure) -> UInt16 in
            try inner.read()
        }
        let none = try reader.readOptional { (inner) throws(DecodeFailure) -> UInt16 in
            try inner.read()
        }
        values.append("\(some.map(String.init) ?? "-") \(none.map(String.init) ?? "-")")
        let list = try reader.readList { (inner) throws(DecodeFailure) -> UInt8 in
            try inner.read()
        }
        values.append("\(list)")
        try reader.expectEnd()
        return values
    }

    @Test("read what was written")
    func roundTrip() throws {
        #expect(
            try readSample(sample()) == [
                "18446744073709551614", "-5", "true", "false", "5", "tëxt", "[1, 2, 3]",
                "[114, 97, 119]", "7 -", "[10, 20, 30]",
            ])
    }

    @Test("refuse every cut, and what is behind the end")
    func cuts() {
        let whole = sample()
        for end in 0..<whole.count {
            #expect(throws: DecodeFailure.self) { try readSample(whole.slice(0..<end)) }
        }
        let longer = Bytes(whole.array + [0])
        #expect(throws: DecodeFailure.trailing(count: 1)) { try readSample(longer) }
    }

    @Test("say what was wrong, and where")
    func failures() {
        var short = ByteReader([1, 2])
        #expect(throws: DecodeFailure.truncated(offset: 0, needed: 4, left: 2)) {
            try short.read(UInt32.self)
        }
        #expect(short.offset == 0, "a failed read moves nothing")
        var flag = ByteReader([0, 2])
        #expect(throws: DecodeFailure.invalid(what: "flag 2", offset: 1)) {
            _ = try flag.readBool()
            _ = try flag.readBool()
        }
        var text = ByteReader([1, 0, 0, 0, 0xFF])
        #expect(throws: DecodeFailure.self) { try text.readCountedText() }
        var negative = ByteReader([1])
        #expect(throws: DecodeFailure.self) { try negative.readRaw(-1) }
    }

    @Test("allocate nothing for a forged count")
    func forged() {
        for count in [4, 1_000, UInt32.max] {
            var writer = ByteWriter()
            writer.write(count)
            writer.writeRaw([0, 0, 0] as [UInt8])
            let bytes = writer.take()
            var list = ByteReader(bytes)
            #expect(throws: DecodeFailure.self) {
                try list.readList { (inner) throws(DecodeFailure) -> UInt8 in try inner.read() }
            }
            var counted = ByteReader(bytes)
            #expect(throws: DecodeFailure.self) { try counted.readCounted() }
        }
    }

    @Test("never stop on flipped bits")
    func flips() {
        var random = SeededRandom(seed: 3)
        let whole = sample()
        var refused = 0
        for _ in 0..<5_000 {
            var bytes = whole.array
            for _ in 0...random.below(3) {
                bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
            }
            do { _ = try readSample(Bytes(bytes)) } catch { refused += 1 }
        }
        #expect(refused > 500)
        #expect(refused < 5_000)
    }

    @Test("fill in a length that is known only afterwards")
    func overwriting() {
        var writer = ByteWriter()
        writer.write(9 as UInt8)
        writer.write(0 as UInt32)
        writer.writeRaw("abc" as Bytes)
        writer.overwrite(3, at: 1)
        #expect(writer.count == 8)
        #expect(writer.withUnsafeBytes { Array($0) } == [9, 3, 0, 0, 0, 97, 98, 99])
    }

    @Test("fill in a position that is known only afterwards")
    func overwritingLong() {
        var writer = ByteWriter()
        writer.write(9 as UInt8)
        writer.write(0 as UInt64)
        writer.overwrite(long: 258, at: 1)
        #expect(writer.withUnsafeBytes { Array($0) } == [9, 2, 1, 0, 0, 0, 0, 0, 0])
    }

    @Test("show what is written already, and later writes do not change that")
    func written() {
        var writer = ByteWriter(reserving: 64)
        writer.writeRaw("abcdefgh" as Bytes)
        let slice = writer.written(2..<6)
        writer.overwrite(0, at: 2)
        writer.writeRaw("ij" as Bytes)
        #expect(slice == "cdef")
        #expect(writer.written(0..<10).array == [97, 98, 0, 0, 0, 0, 103, 104, 105, 106])
    }

    @Test("grow from nothing to any size", arguments: [0, 1, 63, 64, 65, 4_096, 1 << 20])
    func growing(count: Int) {
        var writer = ByteWriter(reserving: count / 3)
        for number in 0..<count { writer.write(UInt8(truncatingIfNeeded: number)) }
        #expect(writer.count == count)
        let bytes = writer.take()
        #expect(bytes.array == (0..<count).map { UInt8(truncatingIfNeeded: $0) })
        #expect(writer.isEmpty)
        writer.write(7 as UInt8)
        #expect(writer.take().array == [7])
        #expect(bytes.count == count)
    }
}

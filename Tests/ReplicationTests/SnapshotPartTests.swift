import Raft
import Replication
import Testing
import Toolbox
import Vocabulary

@Suite("The bytes of a snapshot's parts")
struct SnapshotPartTests {
    private let position = SnapshotPosition(index: LogIndex(77), term: Term(5))

    private var parts: [SnapshotPart] {
        [
            SnapshotPart(position: position, offset: 0, totalBytes: 0, checksum: 0, bytes: Bytes()),
            SnapshotPart(position: position, offset: 0, totalBytes: 5, checksum: 1, bytes: "hello"),
            SnapshotPart(
                position: position, offset: 9, totalBytes: 20, checksum: .max, bytes: "hello"),
            SnapshotPart(
                position: position, offset: SnapshotPart.totalBytesMaximum - 1,
                totalBytes: SnapshotPart.totalBytesMaximum, checksum: 9, bytes: "x"),
        ]
    }

    private var results: [SnapshotPartResult] {
        [SnapshotPartResult.Outcome.goOn, .done, .refused].map {
            SnapshotPartResult(position: position, nextOffset: 12, outcome: $0)
        }
    }

    @Test func areReadAsTheyWereWritten() throws {
        for part in parts { #expect(try SnapshotPart(decoding: part.encoded()) == part) }
        for result in results {
            #expect(try SnapshotPartResult(decoding: result.encoded()) == result)
        }
    }

    @Test func showWhetherTheyAreIntact() {
        var part = parts[2]
        #expect(part.isIntact)
        part.bytes = "hellp"
        #expect(!part.isIntact)
    }

    @Test func areRefusedWhenCutOrWithSomethingBehind() {
        for bytes in parts.map({ $0.encoded() }) {
            for count in 0..<bytes.count {
                #expect(throws: DecodeFailure.self) {
                    try SnapshotPart(decoding: bytes.slice(0..<count))
                }
            }
            #expect(throws: DecodeFailure.self) {
                try SnapshotPart(decoding: Bytes(bytes.array + [0]))
            }
        }
        for bytes in results.map({ $0.encoded() }) {
            for count in 0..<bytes.count {
                #expect(throws: DecodeFailure.self) {
                    try SnapshotPartResult(decoding: bytes.slice(0..<count))
                }
            }
            #expect(throws: DecodeFailure.self) {
                try SnapshotPartResult(decoding: Bytes(bytes.array + [0]))
            }
        }
    }

    @Test(arguments: [
        (UInt64(0), SnapshotPart.totalBytesMaximum + 1), (6, 5), (1, 5), (.max, 5), (.max, .max),
    ])
    func areRefusedWhenTheyReachOutOfTheSnapshot(_ offset: UInt64, _ totalBytes: UInt64) {
        let part = SnapshotPart(
            position: position, offset: offset, totalBytes: totalBytes, checksum: 3,
            bytes: "hello")
        #expect(throws: DecodeFailure.self) { try SnapshotPart(decoding: part.encoded()) }
    }

    @Test func neverTrapOrPassABoundWithFlippedBits() {
        var random = SeededRandom(seed: 5)
        var refusals = 0
        let samples = parts.map { $0.encoded() } + results.map { $0.encoded() }
        for _ in 0..<20_000 {
            var array = samples[random.below(samples.count)].array
            for _ in 0...random.below(4) {
                array[random.below(array.count)] ^= 1 << UInt8(random.below(8))
            }
            do throws(DecodeFailure) {
                let part = try SnapshotPart(decoding: Bytes(array))
                #expect(part.totalBytes <= SnapshotPart.totalBytesMaximum)
                #expect(UInt64(part.bytes.count) <= part.totalBytes - part.offset)
                #expect(part.encoded().array == array)
            } catch {
                refusals += 1
            }
            do throws(DecodeFailure) {
                #expect(try SnapshotPartResult(decoding: Bytes(array)).encoded().array == array)
            } catch {
                refusals += 1
            }
        }
        #expect(refusals > 20_000)
    }
}

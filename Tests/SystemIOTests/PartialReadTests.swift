import Glibc
import SystemIO
import Testing
import Toolbox

@Suite("As much of a file as the disk gives")
struct PartialReadTests {
    /// A disk of `count` bytes, each its block's number, that refuses the blocks of `bad`.
    private func read(
        count: Int, bad: Set<Int>, code: Int32 = EIO
    ) throws(SystemCallFailure) -> PartialRead {
        let block = PartialRead.blockBytes
        return try PartialRead(byteCount: count) { buffer, offset throws(SystemCallFailure) in
            let end = min(count, offset + buffer.count)
            for number in offset / block...max(offset, end - 1) / block where bad.contains(number) {
                throw SystemCallFailure("pread", code: code)
            }
            for index in offset..<end {
                buffer[index - offset] = UInt8(truncatingIfNeeded: index / block + 1)
            }
            return end - offset
        }
    }

    @Test(arguments: [0, 1, 4_096, 5_000, 1 << 20, 3_000_001])
    func aHealthyFileIsReadWhole(count: Int) throws {
        let whole = try read(count: count, bad: [])
        #expect(whole.failure == nil)
        #expect(whole.bytes.count == count)
        #expect(
            whole.bytes.array.enumerated().allSatisfy { index, byte in
                byte == UInt8(truncatingIfNeeded: index / PartialRead.blockBytes + 1)
            })
    }

    @Test func blocksThatCannotBeReadAreZerosAndTheFirstIsNamed() throws {
        let bad: Set<Int> = [3, 4, 300, 732]
        let part = try read(count: 3_000_001, bad: bad)
        #expect(part.failure?.offset == 3 * PartialRead.blockBytes)
        #expect(part.failure?.code == EIO)
        #expect(
            part.bytes.array.enumerated().allSatisfy { index, byte in
                let block = index / PartialRead.blockBytes
                return byte == (bad.contains(block) ? 0 : UInt8(truncatingIfNeeded: block + 1))
            })
    }

    @Test func otherErrorsAreNotTheDisks() {
        #expect(throws: SystemCallFailure("pread", code: EACCES)) {
            try read(count: 10, bad: [0], code: EACCES)
        }
    }

    @Test func aFileThatIsMissingIsAnError() throws {
        let folder = try TemporaryFolder()
        #expect(throws: SystemCallFailure.self) { try folder.folder.readWhatIsLeft(of: "none") }
        try folder.folder.replace("some", by: "bytes")
        let read = try folder.folder.readWhatIsLeft(of: "some")
        #expect(read.bytes == "bytes")
        #expect(read.failure == nil)
    }
}

import Glibc
public import Toolbox

/// As much of a file as the system gives: a disk may refuse single blocks.
public struct PartialRead: Sendable {
    /// With zeros for what could not be read.
    public let bytes: Bytes
    /// Where the first block begins that could not be read, and the error number; nil if all could.
    public let failure: (offset: Int, code: Int32)?

    /// What a disk reads at once, and what is given up if it refuses.
    public static let blockBytes = 4_096
    private static let pieceBytes = 1 << 20

    /// - Parameter read: reads up to the buffer's size at an offset, fewer bytes only at the end.
    /// - Throws: errors that do not come from the disk's surface.
    public init(
        byteCount: Int,
        read: (UnsafeMutableRawBufferPointer, Int) throws(SystemCallFailure) -> Int
    ) throws(SystemCallFailure) {
        var array = [UInt8](repeating: 0, count: byteCount)
        var offset = 0
        var size = Self.pieceBytes
        var found: (offset: Int, code: Int32)?
        while offset < byteCount {
            let end = min(byteCount, (offset / size + 1) * size)
            let outcome = Self.read(&array, offset..<end, read)
            switch outcome {
            case .success(0):
                // Shorter than it was when it was opened.
                array.removeLast(byteCount - offset)
                offset = byteCount
            case .success(let count):
                offset += count
                if offset % Self.pieceBytes == 0 { size = Self.pieceBytes }
            case .failure(let failure):
                guard Self.isOfDisk(failure.code) else { throw failure }
                guard size == Self.blockBytes else {
                    size = Self.blockBytes
                    continue
                }
                found = found ?? (offset, failure.code)
                for index in offset..<end { array[index] = 0 }
                offset = end
                if offset % Self.pieceBytes == 0 { size = Self.pieceBytes }
            }
        }
        bytes = Bytes(array)
        failure = found
    }

    /// Of a file that does not even open.
    init(failure code: Int32) {
        bytes = Bytes()
        failure = (0, code)
    }

    private static func read(
        _ array: inout [UInt8], _ range: Range<Int>,
        _ read: (UnsafeMutableRawBufferPointer, Int) throws(SystemCallFailure) -> Int
    ) -> Result<Int, SystemCallFailure> {
        array.withUnsafeMutableBytes { buffer in
            do throws(SystemCallFailure) {
                let part = UnsafeMutableRawBufferPointer(rebasing: buffer[range])
                return .success(try read(part, range.lowerBound))
            } catch {
                return .failure(error)
            }
        }
    }

    /// Whether the error is the disk's and not, say, a missing permission.
    static func isOfDisk(_ code: Int32) -> Bool {
        code == EIO || code == EBADMSG || code == EUCLEAN || code == ENODATA
    }
}

extension Folder {
    /// As much of a file as the system gives.
    ///
    /// - Throws: errors that do not come from the disk's surface.
    public func readWhatIsLeft(of name: String) throws(SystemCallFailure) -> PartialRead {
        do throws(SystemCallFailure) {
            let file = try OpenFile(path(of: name), .read)
            return try PartialRead(byteCount: try file.byteCount) {
                buffer, offset throws(SystemCallFailure) in
                try file.read(into: buffer, at: offset)
            }
        } catch {
            guard PartialRead.isOfDisk(error.code) else { throw error }
            return PartialRead(failure: error.code)
        }
    }
}

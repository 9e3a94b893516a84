import Glibc
public import Toolbox

/// Owns one open file; letting go of the value closes it exactly once.
public struct OpenFile: ~Copyable {
    public enum Mode: Sendable {
        case read
        /// The file must exist.
        case readAndWrite
        /// Made if it is not there, cut to nothing if it is.
        case replace
    }

    let descriptor: Int32
    private let path: String

    /// - Parameter permissions: of a file that is made, less the process's mask.
    public init(
        _ path: String, _ mode: Mode, permissions: UInt32 = 0o600
    ) throws(SystemCallFailure) {
        let flags =
            switch mode {
            case .read: O_RDONLY
            case .readAndWrite: O_RDWR
            case .replace: O_RDWR | O_CREAT | O_TRUNC
            }
        let opened = retrying { open(path, flags | O_CLOEXEC, permissions) }
        guard opened >= 0 else { throw .last("open", path) }
        descriptor = opened
        self.path = path
    }

    deinit { close(descriptor) }

    /// Bytes in the file.
    public var byteCount: Int {
        get throws(SystemCallFailure) {
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { throw .last("fstat", path) }
            return Int(status.st_size)
        }
    }

    /// Reads up to `buffer.count` bytes at `offset`; fewer only at the end of the file.
    public func read(
        into buffer: UnsafeMutableRawBufferPointer, at offset: Int
    ) throws(SystemCallFailure) -> Int {
        var done = 0
        while done < buffer.count {
            let count = retrying {
                pread(
                    descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done,
                    off_t(offset + done))
            }
            guard count >= 0 else { throw .last("pread", path) }
            if count == 0 { break }
            done += count
        }
        return done
    }

    /// The whole file.
    public func readAll() throws(SystemCallFailure) -> Bytes {
        let expected = try byteCount
        var failure: SystemCallFailure?
        let array = [UInt8](unsafeUninitializedCapacity: expected) { buffer, count in
            do throws(SystemCallFailure) {
                count = try read(into: UnsafeMutableRawBufferPointer(buffer), at: 0)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return Bytes(array)
    }

    /// Writes all of `bytes` at `offset`.
    ///
    /// - Throws: also when the file takes only a part of them; what it holds is then unknown.
    public func write(_ bytes: Bytes, at offset: Int) throws(SystemCallFailure) {
        let code = bytes.withUnsafeBytes { writeAll($0, at: offset) }
        guard code == 0 else { throw SystemCallFailure("pwrite", code: code, subject: path) }
    }

    /// Writes all of `bytes` at `offset`, durable piece by piece: the disk is never busy with so
    /// much at once that the syncs of others wait long.
    public func writeGently(_ bytes: Bytes, at offset: Int) throws(SystemCallFailure) {
        var start = 0
        while start < bytes.count {
            let end = min(start + Self.gentleBytes, bytes.count)
            try write(bytes.slice(start..<end), at: offset + start)
            try synchronizeData()
            start = end
        }
    }

    /// What a disk writes in a few milliseconds.
    private static let gentleBytes = 1 << 20

    /// Writes `count` zeros from the start of the file, as gently.
    public func writeZeros(_ count: Int) throws(SystemCallFailure) {
        let zeros = [UInt8](repeating: 0, count: min(count, Self.gentleBytes))
        var offset = 0
        while offset < count {
            let piece = min(zeros.count, count - offset)
            let code = zeros.withUnsafeBytes {
                writeAll(UnsafeRawBufferPointer(rebasing: $0[..<piece]), at: offset)
            }
            guard code == 0 else { throw SystemCallFailure("pwrite", code: code, subject: path) }
            try synchronizeData()
            offset += piece
        }
    }

    /// Answers the error number, 0 if there was none.
    private func writeAll(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Int32 {
        var done = 0
        while done < bytes.count {
            let count = retrying {
                pwrite(
                    descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done,
                    off_t(offset + done))
            }
            if count < 0 { return errno }
            if count == 0 { return ENOSPC }
            done += count
        }
        return 0
    }

    /// Makes the file's bytes durable. A failure must never be followed by another try: the kernel
    /// may have dropped what it could not write.
    public func synchronizeData() throws(SystemCallFailure) {
        guard retrying({ fdatasync(descriptor) }) == 0 else { throw .last("fdatasync", path) }
    }

    /// Makes bytes and size durable.
    public func synchronize() throws(SystemCallFailure) {
        guard retrying({ fsync(descriptor) }) == 0 else { throw .last("fsync", path) }
    }
}

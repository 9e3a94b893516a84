import Glibc
import SystemIO

/// Standard output and standard error of this process.
struct ProcessConsole: Console {
    /// Whether an answer could not be written whole, as to a full disk.
    private(set) var hasFailed = false

    mutating func write(_ text: String) {
        var text = text
        let isWritten = text.withUTF8 { bytes in
            var left = UnsafeRawBufferPointer(bytes)
            while let base = left.baseAddress, !left.isEmpty {
                let count = Glibc.write(STDOUT_FILENO, base, left.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                left = UnsafeRawBufferPointer(rebasing: left[count...])
            }
            return true
        }
        if !isWritten { hasFailed = true }
    }

    mutating func complain(_ line: String) { StandardError.write("clusterctl: \(line)\n") }
}

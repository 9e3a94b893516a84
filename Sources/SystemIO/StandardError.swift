import Glibc

/// Where a program complains.
public enum StandardError {
    /// Writes `text` as it is. A reader that has gone is no reason to stop: nothing is thrown.
    public static func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var left = UnsafeRawBufferPointer(bytes)
            while let base = left.baseAddress, !left.isEmpty {
                let count = Glibc.write(STDERR_FILENO, base, left.count)
                guard count > 0 else { return }
                left = UnsafeRawBufferPointer(rebasing: left[count...])
            }
        }
    }
}

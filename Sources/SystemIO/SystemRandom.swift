import CSystem
import Glibc
import Toolbox
/// Chance from the kernel, good for secrets.
public enum SystemRandom {
    public static func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let got = bytes.withUnsafeMutableBytes { buffer in
                getrandom(buffer.baseAddress?.advanced(by: done), count - done, 0)
            }
            invariant(got > 0 || errno == EINTR, "the kernel gives no random bytes: \(errno)")
            if got > 0 { done += got }
        }
        return bytes
    }

    /// A seed for `SeededRandom`.
    public static func seed() -> UInt64 {
        bytes(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}

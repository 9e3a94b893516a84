import Glibc

/// Holds a file locked against every other process, until the value is let go or the process ends.
public struct LockFile: ~Copyable {
    private let file: OpenFile

    /// - Returns: nil if somebody else holds it.
    public static func take(_ path: String) throws(SystemCallFailure) -> LockFile? {
        let file = try OpenFile(path, .replace)
        if retrying({ flock(file.descriptor, LOCK_EX | LOCK_NB) }) == 0 {
            return LockFile(file: file)
        }
        if errno == EWOULDBLOCK { return nil }
        throw .last("flock", path)
    }

    private init(file: consuming OpenFile) { self.file = file }
}

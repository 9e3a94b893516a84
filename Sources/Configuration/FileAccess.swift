import Glibc

/// The few files that a program reads or makes before it has a node.
enum FileAccess {
    /// Why a file could not be used, in words for people.
    struct Failure: Error {
        let message: String

        /// What the kernel said of the call made last.
        static func last(_ what: String) -> Failure {
            Failure(message: "\(what): \(String(cString: strerror(errno)))")
        }
    }

    static func currentFolder() -> String {
        guard let buffer = getcwd(nil, 0) else { return "/" }
        defer { free(buffer) }
        return String(cString: buffer)
    }

    /// The whole of a file of at most `bytesMaximum`.
    static func read(_ path: String, bytesMaximum: Int) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last("cannot be opened") }
        defer { close(descriptor) }

        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .last("cannot be read") }
            if count == 0 { return bytes }
            bytes.append(contentsOf: buffer[..<count])
            guard bytes.count <= bytesMaximum else {
                throw Failure(message: "is larger than \(bytesMaximum) bytes")
            }
        }
    }

    /// Makes a file that only its owner may read, durable before this returns. It must not exist.
    static func createPrivate(_ path: String, _ bytes: [UInt8]) throws(Failure) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .last("cannot be made") }
        defer { close(descriptor) }

        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                write(
                    descriptor, UnsafeRawBufferPointer(rebasing: buffer[offset...]).baseAddress,
                    bytes.count - offset)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .last("cannot be written") }
            offset += count
        }
        guard fsync(descriptor) == 0 else { throw .last("cannot be made durable") }
    }

    /// Makes a folder for its owner alone, and the folders above it, where they do not exist.
    static func createFolder(_ path: String) throws(Failure) {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, path != "/" else { throw .last("cannot be made") }
        try createFolder(Path.folder(of: path))
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .last("cannot be made") }
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Throws if anybody but the owner may do anything with `path`, or the owner is somebody else.
    static func expectPrivate(_ path: String) throws(Failure) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw .last("cannot be looked at") }
        guard status.st_uid == geteuid() else {
            throw Failure(message: "belongs to another user")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw Failure(message: "is open to others: chmod go-rwx \(path)")
        }
    }

    /// From the kernel's generator.
    static func randomBytes(_ count: Int) throws(Failure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        guard getentropy(&bytes, count) == 0 else {
            throw .last("the kernel gives no random bytes")
        }
        return bytes
    }
}

import Glibc
public import Toolbox

/// A folder of the file system, by its path.
public struct Folder: Hashable, Sendable {
    public let path: String

    public init(_ path: String) { self.path = path }

    /// The path of `name` in it.
    public func path(of name: String) -> String { "\(path)/\(name)" }

    /// Makes the folder and those above it, as far as they are not there, and makes that durable.
    public func create(permissions: UInt32 = 0o700) throws(SystemCallFailure) {
        if mkdir(path, permissions) == 0 {
            try parent.synchronize()
            return
        }
        switch errno {
        case EEXIST: return
        case ENOENT where parent != self:
            try parent.create(permissions: permissions)
            guard mkdir(path, permissions) == 0 || errno == EEXIST else {
                throw .last("mkdir", path)
            }
            try parent.synchronize()
        default: throw .last("mkdir", path)
        }
    }

    /// The folder that it is in.
    public var parent: Folder {
        var end = path.utf8.count
        let bytes = Array(path.utf8)
        while end > 1, bytes[end - 1] == UInt8(ascii: "/") { end -= 1 }
        guard let slash = bytes[..<end].lastIndex(of: UInt8(ascii: "/")) else { return Folder(".") }
        return Folder(slash == 0 ? "/" : String(decoding: bytes[..<slash], as: UTF8.self))
    }

    /// The names in it, in the order of their bytes; neither `.` nor `..`.
    public func names() throws(SystemCallFailure) -> [String] {
        guard let stream = opendir(path) else { throw .last("opendir", path) }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw .last("readdir", path) }
                break
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Makes creations, renames and removals in it durable.
    public func synchronize() throws(SystemCallFailure) {
        let opened = retrying { open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard opened >= 0 else { throw .last("open", path) }
        defer { close(opened) }
        guard retrying({ fsync(opened) }) == 0 else { throw .last("fsync", path) }
    }

    /// Replaces `to` if it is there.
    public func rename(_ name: String, to other: String) throws(SystemCallFailure) {
        guard Glibc.rename(path(of: name), path(of: other)) == 0 else {
            throw .last("rename", path(of: name))
        }
    }

    /// - Returns: whether it was there.
    @discardableResult
    public func remove(_ name: String) throws(SystemCallFailure) -> Bool {
        if unlink(path(of: name)) == 0 { return true }
        if errno == ENOENT { return false }
        throw .last("unlink", path(of: name))
    }

    /// The whole of a file.
    public func read(_ name: String) throws(SystemCallFailure) -> Bytes {
        let file = try OpenFile(path(of: name), .read)
        return try file.readAll()
    }

    /// Puts `bytes` in the place of the file, all at once and durably; only its owner may read it.
    public func replace(_ name: String, by bytes: Bytes) throws(SystemCallFailure) {
        let unfinished = "\(name).unfinished"
        // Made anew, so that its permissions are its own.
        try remove(unfinished)
        let file = try OpenFile(path(of: unfinished), .replace, permissions: 0o600)
        try file.write(bytes, at: 0)
        try file.synchronize()
        try rename(unfinished, to: name)
        try synchronize()
    }

    /// Bytes that the file system has left for this process.
    public func freeBytes() throws(SystemCallFailure) -> Int {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { throw .last("statvfs", path) }
        return Int(status.f_bavail) * Int(status.f_frsize)
    }
}

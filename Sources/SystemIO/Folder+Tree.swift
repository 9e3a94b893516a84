import Glibc

/// Whole trees of files, for programs that make a place of their own and clean it up.
extension Folder {
    /// Makes a new folder for this user alone, where temporary files go.
    ///
    /// - Parameter prefix: of its name; the rest is drawn.
    public static func temporary(prefix: String) throws(SystemCallFailure) -> Folder {
        let place = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(place)/\(prefix).XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw .last("mkdtemp", place) }
        let path = template.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
        return Folder(String(decoding: path, as: UTF8.self))
    }

    /// The folder that this process's own program lies in.
    public static func ofThisProgram() throws(SystemCallFailure) -> Folder {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let link = "/proc/self/exe"
        let count = readlink(link, &buffer, buffer.count)
        guard count > 0 else { throw .last("readlink", link) }
        let path = buffer[..<count].map(UInt8.init(bitPattern:))
        return Folder(String(decoding: path, as: UTF8.self)).parent
    }

    /// Removes the folder with all that is in it. Links are removed, not followed.
    public func removeTree() throws(SystemCallFailure) {
        for name in try names() {
            if unlink(path(of: name)) == 0 { continue }
            guard errno == EISDIR || errno == EPERM else { throw .last("unlink", path(of: name)) }
            try Folder(path(of: name)).removeTree()
        }
        guard rmdir(path) == 0 else { throw .last("rmdir", path) }
    }
}

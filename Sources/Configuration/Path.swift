/// Joins paths as text; touches no file.
enum Path {
    /// `path`, starting from `folder` if it is relative, without `.`, `..` and double slashes.
    static func join(_ folder: String, _ path: String) -> String {
        var parts: [Substring] = []
        for part in (path.hasPrefix("/") ? path : folder + "/" + path).split(separator: "/") {
            switch part {
            case ".": continue
            case "..": _ = parts.popLast()
            default: parts.append(part)
            }
        }
        return "/" + parts.joined(separator: "/")
    }

    /// The folder that `path` lies in.
    static func folder(of path: String) -> String { join(path, "..") }
}

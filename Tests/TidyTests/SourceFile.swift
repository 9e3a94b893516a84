import Foundation

/// One Swift file of the house.
struct SourceFile {
    /// From the root, such as `Sources/Raft/RaftInstance.swift`.
    let path: String
    /// As it stands there.
    let lines: [String]
    /// The same lines with blanks where comments and texts stand.
    let code: [String]

    init(path: String, text: String) {
        self.path = path
        lines = text.components(separatedBy: "\n")
        code = CodeText.blanked(text).components(separatedBy: "\n")
    }

    /// The folder below `Sources` or `Tests` that it lies in.
    var room: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }
    var folder: String { path.split(separator: "/").dropLast().joined(separator: "/") }
    var name: String { path.split(separator: "/").last.map(String.init) ?? "" }
    /// Of the type whose extensions it may hold: `Raft+Reads.swift` and `Raft.swift` share it.
    var subject: String {
        String(name.dropLast(".swift".count).split(separator: "+").first ?? "")
    }
    var isTest: Bool { !path.hasPrefix("Sources/") }

    /// Modules that it imports, with their lines counted from 1.
    var imports: [(module: String, line: Int)] {
        code.enumerated().compactMap { index, line in
            let words = line.split(separator: " ")
            guard let place = words.firstIndex(of: "import"), place + 1 < words.count,
                words[..<place].allSatisfy({ Self.isImportPrefix($0) })
            else { return nil }
            let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var"]
            let module = kinds.contains(words[place + 1]) ? words.last : words[place + 1]
            return module.map { (String($0.split(separator: ".")[0]), index + 1) }
        }
    }

    private static func isImportPrefix(_ word: Substring) -> Bool {
        ["public", "private", "internal", "fileprivate", "package"].contains(word)
            || word.hasPrefix("@")
    }
}

/// Something that should not be as it is, and what to do instead.
struct Finding: CustomStringConvertible {
    let path: String
    /// Counted from 1; 0 means the file as a whole.
    let line: Int
    let rule: String

    var description: String { line > 0 ? "\(path):\(line): \(rule)" : "\(path): \(rule)" }
}

import Foundation

/// Words that promise instead of doing, or that mean nothing outside of one machine.
enum WordRules {
    private static let promises = ["TODO", "FIXME", "XXX", "HACK"]
    private static let excuses = ["placeholder", "dummy", "lorem ipsum"]
    private static let vagueEndings = ["Manager", "Helper", "Helpers", "Util", "Utils", "Handler"]

    static func findings(in file: SourceFile) -> [Finding] {
        // This room names the words that it looks for.
        guard file.room != "TidyTests" else { return [] }
        return lineFindings(path: file.path, lines: file.lines) + vagueNames(in: file)
    }

    static func lineFindings(path: String, lines: [String]) -> [Finding] {
        lines.enumerated().flatMap { index, line -> [Finding] in
            let words = CallRules.words(of: line)
            var rules = promises.filter { words.contains($0) }.map {
                "\($0): do it, or open an issue"
            }
            rules += excuses.filter { line.lowercased().contains($0) }.map {
                "\"\($0)\": say what it is, or finish it"
            }
            if hasForeignPath(line) { rules.append("a path of one machine: make it relative") }
            return rules.map { Finding(path: path, line: index + 1, rule: $0) }
        }
    }

    /// Whether a path below somebody's home stands in `line`.
    private static func hasForeignPath(_ line: String) -> Bool {
        ["home", "root", "Users", "work"].map { "/\($0)/" }.contains { folder in
            guard let range = line.range(of: folder) else { return false }
            guard range.lowerBound > line.startIndex else { return true }
            let before = line[line.index(before: range.lowerBound)]
            return !CallRules.isWord(before) && before != "." && before != "}"
        }
    }

    private static func vagueNames(in file: SourceFile) -> [Finding] {
        file.code.enumerated().compactMap { index, line in
            let words = CallRules.words(of: line)
            guard
                let place = words.firstIndex(where: { ["struct", "class", "enum"].contains($0) }),
                place + 1 < words.count,
                vagueEndings.contains(where: { words[place + 1].hasSuffix($0) })
            else { return nil }
            return Finding(
                path: file.path, line: index + 1,
                rule: "\"\(words[place + 1])\" names no trade: call it by what it does")
        }
    }
}

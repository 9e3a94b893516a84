import Foundation

/// Pages of `Raft` that map numbered lines to what proves them: no name in them may be gone.
enum MappingRules {
    /// A line of a table: its number, what it says, and what proves it or why nothing does.
    struct Row {
        /// In the file, counted from 1.
        let line: Int
        let number: String
        let proof: String
    }

    static let pages = ["Checklist", "Pitfalls"].map { "Sources/Raft/Raft.docc/\($0).md" }
    /// The room of a suite that is named without one.
    static let room = "RaftTests"
    /// Words that begin the reason why a line has no proof.
    static let reasons = ["void:", "not built:", "later:"]

    /// All tests as `Room.Suite/function`.
    static func tests(in files: [SourceFile]) -> Set<String> {
        Set(files.filter(\.isTest).flatMap { tests(in: $0) })
    }

    private static func tests(in file: SourceFile) -> [String] {
        // The last type that was declared in each column.
        var types: [Int: String] = [:]
        var isTest = false
        var found: [String] = []
        for line in file.code {
            let words = CallRules.words(of: line)
            let column = line.prefix { $0 == " " }.count
            if let name = declaredType(words) { types[column] = name }
            if line.contains("@Test") { isTest = true }
            guard isTest, let place = words.firstIndex(of: "func"), place + 1 < words.count else {
                continue
            }
            found.append("\(file.room).\(types[column - 4] ?? "")/\(words[place + 1])")
            isTest = false
        }
        return found
    }

    private static func declaredType(_ words: [String]) -> String? {
        guard
            let place = words.firstIndex(where: {
                ["struct", "enum", "class", "actor", "extension"].contains($0)
            }), place + 1 < words.count
        else { return nil }
        return words[place + 1]
    }

    /// Lines of tables whose first cell is a number such as `17` or `6.2.1`.
    static func rows(in text: String) -> [Row] {
        text.components(separatedBy: "\n").enumerated().compactMap { index, line in
            let cells = line.split(separator: "|").map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            guard line.hasPrefix("|"), cells.count >= 3, let number = cells.first,
                !number.isEmpty, number.allSatisfy({ $0.isNumber || $0 == "." })
            else { return nil }
            return Row(line: index + 1, number: number, proof: cells[cells.count - 1])
        }
    }

    /// - Parameter words: other names that a proof may give.
    static func findings(
        path: String, text: String, tests: Set<String>, words: Set<String>, files: Set<String>
    ) -> [Finding] {
        let rows = rows(in: text)
        guard !rows.isEmpty else { return [Finding(path: path, line: 0, rule: "maps nothing")] }
        var findings = disorder(of: rows, path: path)
        for row in rows {
            func report(_ rule: String) {
                findings.append(Finding(path: path, line: row.line, rule: rule))
            }
            let names = quoted(in: row.proof)
            if names.isEmpty, !reasons.contains(where: { row.proof.hasPrefix($0) }) {
                report("\(row.number) names neither a proof nor a reason (\(reasons))")
            }
            for name in names {
                if name.contains("/") {
                    let full = name.contains(".") ? name : "\(room).\(name)"
                    if !tests.contains(full) { report("no test is named \(full)") }
                } else if name.hasSuffix(".swift") {
                    if !files.contains(name) { report("no file is named \(name)") }
                } else if !words.contains(name) {
                    report("\(name) is said nowhere in Raft or the simulators")
                }
            }
        }
        return findings
    }

    /// Numbers that do not follow the one before.
    private static func disorder(of rows: [Row], path: String) -> [Finding] {
        var findings: [Finding] = []
        var before: [Int] = []
        for row in rows {
            let number = row.number.split(separator: ".").compactMap { Int($0) }
            let follows =
                number.dropLast() == before.dropLast() && number.count == before.count
                ? number.last == (before.last ?? 0) + 1
                : number.last == 1 && before.dropLast().lexicographicallyPrecedes(number.dropLast())
            if !follows, !(before.isEmpty && number.last == 1) {
                findings.append(
                    Finding(path: path, line: row.line, rule: "\(row.number) is out of order"))
            }
            before = number
        }
        return findings
    }

    /// What stands between back-quotes.
    static func quoted(in text: String) -> [String] {
        text.components(separatedBy: "`").enumerated().compactMap { index, part in
            index % 2 == 1 ? part : nil
        }
    }
}

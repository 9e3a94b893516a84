/// Mistakes that are made on purpose: each stands in a table that says how it is found.
enum PlantedRules {
    /// The page whose table holds the mistakes of a room.
    static func page(of room: String) -> String {
        let tellers = [
            "Raft": "RaftSimulation", "LogStorage": "LogSimulation", "Coordination": "Coordination",
            "CoordinationService": "CoordinationService",
        ]
        let teller = tellers[room] ?? "Simulator"
        return "Sources/\(teller)/\(teller).docc/\(teller).md"
    }

    /// The cases of every `enum Planted...` of a file, with their lines.
    static func mistakes(in file: SourceFile) -> [(name: String, line: Int)] {
        var found: [(String, Int)] = []
        var isInside = false
        for (index, line) in file.code.enumerated() {
            let words = CallRules.words(of: line)
            if let place = words.firstIndex(of: "enum"), place + 1 < words.count {
                isInside = words[place + 1].hasPrefix("Planted")
            } else if isInside, words.first == "case", words.count > 1 {
                found.append((words[1], index + 1))
            } else if line.contains("}") {
                isInside = false
            }
        }
        return found
    }

    /// What stands in the first cells of tables.
    static func rows(in text: String) -> [String] {
        text.split(separator: "\n").filter { $0.hasPrefix("| ") }.compactMap { line in
            line.split(separator: "|").first.map { cell in
                String(cell.drop { $0 == " " }.prefix { $0 != " " })
            }
        }
    }

    static func findings(in file: SourceFile, page: String, text: String) -> [Finding] {
        let rows = rows(in: text)
        return mistakes(in: file).compactMap { mistake in
            let count = rows.count { $0 == mistake.name }
            guard count != 1 else { return nil }
            return Finding(
                path: file.path, line: mistake.line,
                rule: "\(mistake.name) stands in \(count) rows of \(page) instead of one")
        }
    }
}

/// What is walked through in an order that changes from run to run.
enum OrderRules {
    /// Loops over a dictionary or set that a pure room stores.
    static func findings(in files: [SourceFile], rooms: [House.Room]) -> [Finding] {
        let pure = Set(rooms.filter { $0.wing == "pure" }.map(\.name))
        let groups = Dictionary(grouping: files.filter { !$0.isTest && pure.contains($0.room) }) {
            "\($0.room)/\($0.subject)"
        }
        return groups.values.flatMap { files -> [Finding] in
            let stored = Set(files.flatMap { file in file.code.compactMap(unorderedProperty) })
            return files.flatMap { findings(in: $0, over: stored) }
        }
    }

    private static func findings(in file: SourceFile, over stored: Set<String>) -> [Finding] {
        file.code.enumerated().compactMap { index, line in
            guard let walked = walkedName(line), stored.contains(walked),
                !isParameter(walked, above: index, in: file)
            else { return nil }
            return Finding(
                path: file.path, line: index + 1,
                rule:
                    "a loop over \"\(walked)\", which has no order: use a SortedMap, or sort first")
        }
    }

    /// Whether a parameter of that name stands shortly above: it is meant then.
    private static func isParameter(_ name: String, above line: Int, in file: SourceFile) -> Bool {
        file.code[max(0, line - 12)..<line].contains {
            $0.contains("\(name): ") && !$0.contains("var \(name)") && !$0.contains("let \(name)")
        }
    }

    /// The name of a dictionary or set that `line` declares as stored.
    private static func unorderedProperty(_ line: String) -> String? {
        let words = line.split(separator: " ")
        guard let place = words.firstIndex(where: { $0 == "var" || $0 == "let" }),
            place + 1 < words.count, words[place + 1].hasSuffix(":")
        else { return nil }
        let type = words[(place + 2)...].joined(separator: " ")
        let isSet = type.hasPrefix("Set<") || type.hasPrefix("Dictionary<")
        let isDictionary = type.hasPrefix("[") && hasColonBeforeClosing(type)
        return isSet || isDictionary ? String(words[place + 1].dropLast()) : nil
    }

    private static func hasColonBeforeClosing(_ type: String) -> Bool {
        var depth = 0
        for character in type {
            if "[(<".contains(character) { depth += 1 }
            if "])>".contains(character) { depth -= 1 }
            if character == ":", depth == 1 { return true }
            if depth == 0 { return false }
        }
        return false
    }

    /// The property that a `for` loop on `line` walks through as it is.
    private static func walkedName(_ line: String) -> String? {
        let words = line.split(separator: " ").map(String.init)
        guard words.first == "for", let place = words.firstIndex(of: "in"), place + 1 < words.count
        else { return nil }
        var name = words[place + 1]
        if name.hasPrefix("self.") { name.removeFirst("self.".count) }
        for suffix in [".keys", ".values"] where name.hasSuffix(suffix) {
            name.removeLast(suffix.count)
        }
        return name.allSatisfy { CallRules.isWord($0) } ? name : nil
    }
}

/// What rooms of a wing may touch.
enum ImportRules {
    private static let replacements = [
        "Foundation": "the standard library and Toolbox; in machinery, Glibc",
        "FoundationEssentials": "the standard library and Toolbox",
        "Glibc": "an argument: SystemIO talks to the kernel, the shell hands in what it says",
        "Dispatch": "one thread's value; SystemIO has workers",
        "Synchronization": "one thread's value; SystemIO has mailboxes",
    ]

    static func findings(in file: SourceFile, rooms: [House.Room]) -> [Finding] {
        guard !file.isTest, let room = rooms.first(where: { $0.name == file.room }) else {
            return []
        }
        var findings: [Finding] = []
        for (module, line) in file.imports {
            let other = rooms.first { $0.name == module }
            if let rule = rule(importing: module, other, in: room) {
                findings.append(Finding(path: file.path, line: line, rule: rule))
            }
        }
        guard room.wing == "pure" else { return findings }
        return findings + words(in: file)
    }

    private static func rule(
        importing module: String, _ other: House.Room?, in room: House.Room
    ) -> String? {
        if let other {
            let isAllowed = room.wing != "pure" || ["pure", "bedrock"].contains(other.wing)
            return isAllowed ? nil : "\(room.name) is pure and may not import \(module)"
        }
        let instead = replacements[module] ?? "a room of ours"
        switch room.wing {
        case "pure": return "\(room.name) is pure and may not import \(module): use \(instead)"
        case "machinery" where module.hasPrefix("Foundation"):
            return "no room imports \(module): use \(instead)"
        default: return nil
        }
    }

    /// A pure room's functions run to their end, on values.
    private static func words(in file: SourceFile) -> [Finding] {
        file.code.enumerated().flatMap { index, line in
            bannedWords(of: line.split(separator: " ")).map { word in
                Finding(
                    path: file.path, line: index + 1,
                    rule: "\"\(word)\" in a pure room: use a struct that is told things")
            }
        }
    }

    /// `class` and `actor` where they declare; `actor` may well be the name of who does something.
    private static func bannedWords(of words: [Substring]) -> [Substring] {
        words.indices.filter { index in
            switch words[index] {
            case "async", "await", "lazy": true
            case "class", "actor":
                index + 1 < words.count && words[index + 1].first?.isUppercase == true
            default: false
            }
        }.map { words[$0] }
    }
}

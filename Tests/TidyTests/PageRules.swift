import Foundation

/// Pages, read-me files and what lies around.
enum PageRules {
    static let headings = [
        "## Purpose", "## Not here", "## Words", "## Flow", "## Invariants", "## Sources",
    ]

    /// Programs explain themselves by `--help`, the bedrock by its one header.
    static func pages(of rooms: [House.Room]) -> [Finding] {
        rooms.filter { !$0.isProgram && $0.wing != "bedrock" }.flatMap { room -> [Finding] in
            let path = "Sources/\(room.name)/\(room.name).docc/\(room.name).md"
            guard House.exists(path) else {
                return [Finding(path: path, line: 0, rule: "the room has no page")]
            }
            let text = House.text(path)
            return page(path, room: room.name, text: text)
                + articles(of: room.name, page: text)
        }
    }

    /// Further pages of a room: each has a title and is linked from the room's page.
    private static func articles(of room: String, page: String) -> [Finding] {
        let folder = "Sources/\(room)/\(room).docc"
        return House.entries(folder).filter { $0.hasSuffix(".md") && $0 != "\(room).md" }
            .flatMap { name -> [Finding] in
                let path = "\(folder)/\(name)"
                return article(path, text: House.text(path), page: page)
            }
    }

    static func article(_ path: String, text: String, page: String) -> [Finding] {
        let name = path.components(separatedBy: "/").last?.dropLast(".md".count) ?? ""
        var findings: [Finding] = []
        if !text.hasPrefix("# ") {
            findings.append(Finding(path: path, line: 1, rule: "must start with its title"))
        }
        if !page.contains("<doc:\(name)>") {
            findings.append(
                Finding(path: path, line: 0, rule: "is not linked as <doc:\(name)>"))
        }
        return findings
    }

    static func page(_ path: String, room: String, text: String) -> [Finding] {
        let lines = text.components(separatedBy: "\n")
        var findings: [Finding] = []
        if lines.first != "# ``\(room)``" {
            findings.append(Finding(path: path, line: 1, rule: "must start with # ``\(room)``"))
        }
        let found = lines.filter { $0.hasPrefix("## ") }
        if found != headings {
            let rule = "must have exactly the headings \(headings.joined(separator: ", "))"
            findings.append(Finding(path: path, line: 0, rule: rule))
        }
        return findings
    }

    static func isDead(_ file: SourceFile) -> Bool {
        let imports = Set(file.imports.map(\.line))
        return file.code.enumerated().allSatisfy { index, line in
            line.allSatisfy(\.isWhitespace) || imports.contains(index + 1)
        }
    }

    private static let rootEntries: Set<String> = [
        ".ci", ".gitignore", ".swift-format", "CHANGELOG.md", "ChaosTests", "LICENSE",
        "Package.swift", "README.md", "Sources", "Tests", "cluster-configs", "scripts",
    ]

    static func strangers(among entries: [String]) -> [Finding] {
        entries.filter { entry in
            !rootEntries.contains(entry) && entry != ".git" && !entry.hasPrefix(".build")
                && entry != "Package.resolved" && entry != ".swiftpm"
        }.map { Finding(path: $0, line: 0, rule: "does not belong into the root") }
    }

    /// Files of ours that a text names and that are not there.
    static func missingFiles(namedIn path: String) -> [Finding] {
        House.text(path).components(separatedBy: "\n").enumerated().flatMap { index, line in
            names(in: line).filter { !House.exists($0) }.map {
                Finding(path: path, line: index + 1, rule: "names \($0), which is not there")
            }
        }
    }

    static func names(in line: String) -> [String] {
        line.split { !CallRules.isWord($0) && !"/.-".contains($0) }.map(String.init)
            .map { $0.hasSuffix(".") ? String($0.dropLast()) : $0 }
            .filter { $0.hasPrefix("scripts/") || $0.hasPrefix("cluster-configs/") }
            .filter { !$0.hasSuffix("/") }
    }
}

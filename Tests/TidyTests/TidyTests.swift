import Foundation
import Testing

/// Rules of the house that a machine can check. A failure names file, line, rule and what to do.
@Suite struct TidyTests {
    private let house = House.shared

    private func expectNone(_ findings: [Finding]) {
        let text = findings.map(\.description).sorted().joined(separator: "\n")
        #expect(findings.isEmpty, "\n\(text)\n")
    }

    @Test("the house was found")
    func found() {
        #expect(house.files.count > 100)
        #expect(house.rooms.contains { $0.name == "Raft" && $0.floor == 1 && $0.wing == "pure" })
        #expect(house.rooms.contains { $0.name == "clusterctl" && $0.isProgram })
        #expect(house.rooms.contains { $0.name == "Toolbox" && $0.floor == -1 })
    }

    @Test("files, functions and lists of parameters stay small")
    func sizes() {
        expectNone(house.files.flatMap { SizeRules.findings(in: $0) })
        expectNone(SizeRules.findings(inFoldersOf: house.files))
    }

    @Test("rooms touch only what their wing may touch")
    func imports() {
        expectNone(house.files.flatMap { ImportRules.findings(in: $0, rooms: house.rooms) })
    }

    @Test("nothing hides time, chance or failure")
    func calls() {
        expectNone(house.files.flatMap { CallRules.findings(in: $0, rooms: house.rooms) })
    }

    @Test("pure rooms walk through nothing that has no order")
    func order() {
        expectNone(OrderRules.findings(in: house.files, rooms: house.rooms))
    }

    @Test("words say what is, and of this project alone")
    func words() {
        expectNone(house.files.flatMap { WordRules.findings(in: $0) })
        for path in ["README.md", "CHANGELOG.md", "Sources/README.md"] {
            let lines = House.text(path).components(separatedBy: "\n")
            expectNone(WordRules.lineFindings(path: path, lines: lines))
        }
        for folder in ["scripts", "cluster-configs"] {
            for entry in House.entries(folder) {
                let path = "\(folder)/\(entry)"
                let lines = House.text(path).components(separatedBy: "\n")
                expectNone(WordRules.lineFindings(path: path, lines: lines))
            }
        }
    }

    @Test("every room has its page with the six headings")
    func pages() {
        expectNone(PageRules.pages(of: house.rooms))
    }

    @Test("what the pages of Raft name as proof of a line is there")
    func mappings() {
        let tests = MappingRules.tests(in: house.files)
        #expect(tests.count > 500)
        let rooms = house.files.filter {
            ["Raft", "Simulator", "RaftSimulation", "LogSimulation"].contains($0.room)
        }
        let words = Set(rooms.flatMap { $0.lines.flatMap { CallRules.words(of: $0) } })
        let files = Set(house.files.map(\.name))
        for path in MappingRules.pages {
            expectNone(
                MappingRules.findings(
                    path: path, text: House.text(path), tests: tests, words: words, files: files))
        }
    }

    @Test("every mistake that can be made on purpose stands in the table of those that are found")
    func planted() {
        let sources = house.files.filter { !$0.isTest }
        #expect(sources.reduce(0) { $0 + PlantedRules.mistakes(in: $1).count } >= 42)
        expectNone(
            sources.flatMap {
                let page = PlantedRules.page(of: $0.room)
                return PlantedRules.findings(in: $0, page: page, text: House.text(page))
            })
    }

    @Test("no file is dead")
    func dead() {
        expectNone(
            house.files.filter { PageRules.isDead($0) }.map {
                Finding(path: $0.path, line: 0, rule: "holds nothing: delete it")
            })
    }

    @Test("nothing strange lies in the root")
    func root() {
        expectNone(PageRules.strangers(among: House.entries("")))
    }

    @Test("what the read-me files name is there, and every room is in the tour")
    func readMe() {
        expectNone(PageRules.missingFiles(namedIn: "README.md"))
        expectNone(PageRules.missingFiles(namedIn: "Sources/README.md"))
        let tour = House.text("Sources/README.md")
        expectNone(
            house.rooms.filter { !tour.contains("`\($0.name)`") }.map {
                Finding(path: "Sources/README.md", line: 0, rule: "does not name `\($0.name)`")
            })
    }

    @Test("every script says what it does, gives an example, and stops at the first error")
    func scripts() {
        for entry in House.entries("scripts") {
            let lines = House.text("scripts/\(entry)").components(separatedBy: "\n")
            #expect(lines.first == "#!/usr/bin/env bash", "scripts/\(entry)")
            #expect(lines.dropFirst().first?.contains("Example: ") == true, "scripts/\(entry)")
            #expect(lines.contains("set -euo pipefail"), "scripts/\(entry)")
        }
    }
}

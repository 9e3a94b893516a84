import Testing

/// The rule for pages that map lines to proofs finds what it should.
@Suite struct MappingTests {
    private let tests = MappingRules.tests(in: [
        SourceFile(
            path: "Tests/RaftTests/SomeTests.swift",
            text: """
                @Suite struct SomeTests {
                    @Test("says func other() in words", arguments: 1...2)
                    func one(number: Int) {}

                    struct Case {
                        let number: Int
                    }

                    @Test func two() {}

                    func helps() {}
                }

                extension MoreTests {
                    @Test func three() {}
                }
                """),
        SourceFile(
            path: "Tests/LogTests/SomeTests.swift",
            text: "struct SomeTests {\n    @Test func two() {}\n}\n"),
    ])

    @Test("tests are found with their rooms and suites, and nothing else is")
    func found() {
        #expect(
            tests == [
                "RaftTests.SomeTests/one", "RaftTests.SomeTests/two", "RaftTests.MoreTests/three",
                "LogTests.SomeTests/two",
            ])
    }

    @Test(
        "a row without a proof, or with one that is not there, is told",
        arguments: [
            ("| 1 | a | `SomeTests/one`, `LogTests.SomeTests/two` |", 0),
            ("| 1 | a | `SomeTests/gone` |", 1), ("| 1 | a | `LogTests.SomeTests/one` |", 1),
            ("| 1 | a | proven |", 1), ("| 1 | a | void: no slots |", 0),
            ("| 1 | a | `Here.swift`, `Word` |", 0), ("| 1 | a | `Gone.swift`, `Gone` |", 2),
            ("| line | what | proof |", 1),
        ])
    func proofs(row: String, count: Int) {
        #expect(findings(row).count == count)
    }

    @Test(
        "numbers follow each other, in each section from 1",
        arguments: [
            (["1", "2", "3"], 0), (["1", "3"], 1), (["2"], 1), (["1", "1"], 1),
            (["6.1.1", "6.1.2", "6.2.1"], 0), (["6.1.1", "6.2.2"], 1), (["6.2.1", "6.1.1"], 1),
        ])
    func order(numbers: [String], count: Int) {
        let rows = numbers.map { "| \($0) | a | void: b |" }.joined(separator: "\n")
        #expect(findings(rows).count == count)
    }

    private func findings(_ text: String) -> [Finding] {
        MappingRules.findings(
            path: "p", text: text, tests: tests, words: ["Word"], files: ["Here.swift"])
    }
}

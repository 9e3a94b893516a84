import Testing

/// The rule for mistakes made on purpose finds those that no table holds.
@Suite struct PlantedRuleTests {
    private let file = SourceFile(
        path: "Sources/Raft/Some.swift",
        text: """
            enum Other { case none }
            #if PLANTED_FAULTS
                public enum PlantedSomeFault: String {
                    /// A case of something.
                    case first
                    case second
                }
                extension PlantedSomeFault {
                    var rule: String { switch self { case .first: "a" } }
                }
            #endif
            """)

    @Test("the cases are found, and no others")
    func cases() {
        #expect(PlantedRules.mistakes(in: file).map(\.name) == ["first", "second"])
    }

    @Test(
        "a mistake stands in one row",
        arguments: [
            ("| first | rule | 1 |\n| second | rule | 2 |", 0), ("| first | rule | 1 |", 1),
            ("| firsts | rule | 1 |", 2), ("first second", 2),
            ("| first | a |\n| first | b |\n| second | c |", 1),
        ])
    func rows(text: String, count: Int) {
        #expect(PlantedRules.findings(in: file, page: "p", text: text).count == count)
    }
}

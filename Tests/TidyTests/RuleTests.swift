import Foundation
import Testing

/// The rules find what they should, and nothing else.
@Suite struct RuleTests {
    private static let rooms = House.plannedRooms(
        in: """
            Room(name: "Raft", floor: 1, wing: .pure, uses: []),
            Room(
                name: "SystemIO", floor: 1, wing: .machinery, uses: []),
            """)

    private func file(_ text: String, at path: String = "Sources/Raft/Some.swift") -> SourceFile {
        SourceFile(path: path, text: text)
    }

    @Test(
        "comments and texts are no code",
        arguments: [
            ("a // try!", "a        "), ("a /* b /* c */ d */ e", "a                   e"),
            (#"a("try!") b"#, "a(      ) b"), (#"a("\(b(")"))") c"#, "a(           ) c"),
            (##"a(#"x"y"#) b"##, "a(       ) b"),
            ("\"\"\"\nas! \"x\"\n\"\"\" b", "   \n       \n    b"),
            (#""\\" b"#, "     b"),
        ] as [(String, String)])
    func blanked(text: String, code: String) {
        #expect(CodeText.blanked(text) == code)
    }

    @Test(
        "banned calls are found",
        arguments: [
            "let a = try! b()", "let a = try? b()", "a as! B", "let a = Date()", "fatalError(\"\")",
            "Int.random(in: 0..<5)", "do { try a() } catch {}", "print(a)",
            "let c = ContinuousClock()",
            "a.hashValue", "precondition(a)",
        ])
    func banned(text: String) {
        #expect(CallRules.findings(in: file(text), rooms: Self.rooms).count == 1)
    }

    @Test(
        "other calls are not",
        arguments: [
            "let a = try b()", "a as? B", "updateDate()", "Int.random(in: 0..<5, using: &random)",
            "printer.print(a)", "fingerprint(a)", "\"try!\"", "// try?", "blueprint(a)", "myDate()",
            "XXH64.hash(a)",
        ])
    func allowed(text: String) {
        #expect(CallRules.findings(in: file(text), rooms: Self.rooms).isEmpty)
    }

    @Test("tests may not sleep, rooms may not be opened by force")
    func tests() {
        let text = "@testable import Raft\nusleep(5)"
        let test = file(text, at: "Tests/RaftTests/Some.swift")
        #expect(CallRules.findings(in: test, rooms: Self.rooms).map(\.line) == [1, 2])
    }

    @Test("a pure room imports pure rooms alone, and has no class")
    func imports() {
        let text = "import Raft\nimport SystemIO\npublic import Glibc\nfinal class A {}"
        #expect(ImportRules.findings(in: file(text), rooms: Self.rooms).map(\.line) == [2, 3, 4])
        let machinery = file("import Glibc\nimport Foundation", at: "Sources/SystemIO/Some.swift")
        #expect(ImportRules.findings(in: machinery, rooms: Self.rooms).map(\.line) == [2])
    }

    @Test("long functions and lists of parameters are found")
    func sizes() {
        let long = "func a() {\n" + String(repeating: "b()\n", count: 69) + "}"
        #expect(SizeRules.findings(in: file(long)).map(\.line) == [1])
        let short = "func a() {\n" + String(repeating: "b()\n", count: 68) + "}"
        #expect(SizeRules.findings(in: file(short)).isEmpty)
        let seven = "func a(b: [B: C], c: D<E, F>, d: Int = 5, e: (G, H) -> I, f: J, g: K, h: L) {}"
        #expect(SizeRules.findings(in: file(seven)).count == 1)
        let whole = "init(b: B, c: C, d: D, e: E, f: F, g: G, h: H, i: I) { j() }"
        #expect(SizeRules.findings(in: file(whole)).isEmpty)
        let six = "func a<B, C>(b: B, c: C, d: Int, e: (G, H) -> I, f: [J: K], g: D<E, F>) {}"
        #expect(SizeRules.findings(in: file(six)).isEmpty)
        let wide = String(repeating: "a", count: 101)
        #expect(SizeRules.findings(in: file(wide)).count == 1)
    }

    @Test("an initializer that only fills a record may be as long as the record")
    func memberwise() {
        let head = "init(a: A, b: B, c: C, d: D, e: E, f: F, g: G, h: H, i: I) {\n"
        #expect(SizeRules.findings(in: file(head + "self.a = a\nself.b = b\n}")).isEmpty)
        #expect(SizeRules.findings(in: file(head + "self.a = a + b\n}")).count == 1)
    }

    @Test("a requirement of a protocol has no size")
    func requirement() {
        let text = "protocol P {\nfunc a(b: B)\ninit(c: C)\n}\nfunc d() {\n}"
        #expect(
            FunctionScanner.functions(in: text.components(separatedBy: "\n")).map(\.line) == [5])
    }

    @Test("loops over what has no order are found")
    func order() {
        let text = """
            private var peers: [NodeID: Peer] = [:]
            var rows: [Row] = []
            for (id, peer) in peers {
            for peer in self.peers.values {
            for row in rows {
            for id in peers.keys.sorted() {
            """
        #expect(OrderRules.findings(in: [file(text)], rooms: Self.rooms).map(\.line) == [3, 4])
    }

    @Test("promises, excuses and vague names are found")
    func words() {
        let text =
            "// TODO: later\nlet a = 5 // a placeholder\nstruct PeerManager {\nlet todos = 5\n"
        #expect(WordRules.findings(in: file(text)).map(\.line) == [1, 2, 3])
    }

    @Test("a file of comments and imports is dead")
    func dead() {
        #expect(PageRules.isDead(file("// The room.\nimport Raft\n")))
        #expect(!PageRules.isDead(file("import Raft\nlet a = 5\n")))
    }

    @Test("a page has its title and the six headings, no more")
    func page() {
        let good = "# ``Raft``\n\n" + PageRules.headings.joined(separator: "\ntext\n\n")
        #expect(PageRules.page("p", room: "Raft", text: good).isEmpty)
        #expect(PageRules.page("p", room: "Raft", text: good + "\n## More").count == 1)
        #expect(PageRules.page("p", room: "Gateway", text: good).count == 1)
    }

    @Test("an article has a title and a link from its room's page")
    func article() {
        let page = "See <doc:Lines>."
        #expect(PageRules.article("a/Lines.md", text: "# Lines\n", page: page).isEmpty)
        #expect(PageRules.article("a/Lines.md", text: "Lines\n", page: page).count == 1)
        #expect(PageRules.article("a/Other.md", text: "# Lines\n", page: page).count == 1)
    }

    @Test("names of files are found in prose")
    func names() {
        #expect(
            PageRules.names(in: "run `scripts/cluster up`, then scripts/test.")
                == ["scripts/cluster", "scripts/test"])
    }
}

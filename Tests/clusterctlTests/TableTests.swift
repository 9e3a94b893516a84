import Testing
import clusterctl

struct TableTests {
    @Test("columns line up, numbers to the right, and no line ends in spaces")
    func linesUp() {
        var table = Table(columns: [.init("NODE"), .init("TERM", .right), .init("URL")])
        table.append(["n1", "7", "http://a"])
        table.append(["n10", "12345", "-"])
        table.append(["n2", "8", ""])
        #expect(
            table.text == """
                NODE   TERM  URL
                n1        7  http://a
                n10   12345  -
                n2        8

                """)
    }

    @Test("facts stand in two columns without titles")
    func facts() {
        let table = Table.facts([("user", "u1"), ("display name", "Anna")])
        #expect(table.text == "user          u1\ndisplay name  Anna\n")
    }

    @Test("a table without rows is its header")
    func empty() {
        #expect(Table(columns: [.init("A"), .init("B", .right)]).text == "A  B\n")
    }

    @Test(
        "characters that move the cursor or turn writing around become question marks",
        arguments: [
            ("a\u{1B}[2Jb", "a?[2Jb\n"), ("a\nb\tc", "a?b?c\n"), ("a\u{202E}b", "a?b\n"),
            ("a\u{2028}b", "a?b\n"), ("Zoë 👩‍🚀", "Zoë 👩‍🚀\n"),
        ])
    func isPrintable(_ cell: String, _ text: String) {
        var table = Table(columns: [.init("")], showsHeader: false)
        table.append([cell])
        #expect(table.text == text)
    }

    @Test("cells that are missing are empty, cells too many are left out")
    func unevenRows() {
        var table = Table(columns: [.init("A"), .init("B")])
        table.append(["1"])
        table.append(["1", "2", "3"])
        #expect(table.text == "A  B\n1\n1  2\n")
    }
}

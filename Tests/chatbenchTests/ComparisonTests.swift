import Testing
import Toolbox
import chatbench

@Suite("The comparison")
struct ComparisonTests {
    /// Three rounds in which every requirement holds.
    static let good = """
        # processor: a fast one
        peer=rookery case=256x1 ops_s=29000 p50_us=7000 p99_us=15000 srv_cpu_s_100k=3.00
        peer=etcd case=put_c256 ops_s=5000 p50_us=40000 p99_us=90000 srv_cpu_s_100k=20.0 runs=1
        peer=zookeeper case=set_256x1 ops_s=14000 p50_us=16000
        peer=rookery case=8x32 ops_s=60000 p50_us=3500 srv_cpu_s_100k=2.10 longest_turn_us=9000
        peer=rookery case=256x1_online ops_s=20000 delivery_p50_us=7000
        peer=rookery case=8x32_online ops_s=30000 delivery_p50_us=7000
        peer=rookery case=1x256_online ops_s=40000 delivery_p50_us=7000
        peer=etcd case=put_8x32 ops_s=10000
        peer=rabbitmq case=pub_1x256 ops_s=20000
        peer=rookery case=1x256 ops_s=60000 srv_cpu_s_100k=2.0 longest_turn_us=12000
        peer=nats case=nofsync_pub_1x256 ops_s=55000
        peer=rookery case=1x1 ops_s=2000 p50_us=400
        peer=etcd case=put_c1 ops_s=900 p50_us=1000
        this line is none
        # processor: a fast one
        peer=rookery case=256x1 ops_s=34000 p50_us=7200 longest_turn_us=8000 srv_cpu_s_100k=3.20
        peer=rookery case=256x1 ops_s=31000 p50_us=7100 srv_cpu_s_100k=3.10 gen_cpu_s_100k=0.5
        """

    static func table(_ text: String = good) -> FigureTable {
        var table = FigureTable()
        table.add(text)
        return table
    }

    @Test("takes medians and ranges of what was measured several times")
    func medians() {
        let table = Self.table()
        #expect(table.median("ops_s", "rookery", "256x1") == 31_000)
        #expect(table.range(of: "ops_s", "rookery", "256x1") == 29_000...34_000)
        #expect(table.runsCount("rookery", "256x1") == 3)
        #expect(table.median("p99_us", "rookery", "256x1") == 15_000)
        #expect(table.median("p99_us", "rookery", "1x1") == nil)
        #expect(table.median("ops_s", "nobody", "256x1") == nil)
        #expect(
            table.cases(of: "rookery") == [
                "256x1", "8x32", "256x1_online", "8x32_online", "1x256_online", "1x256", "1x1",
            ])
    }

    @Test("takes the mean of the two in the middle of an even number")
    func even() {
        let lines = [4, 1, 3, 2].map { "peer=a case=b ops_s=\($0)" }
        #expect(Self.table(lines.joined(separator: "\n")).median("ops_s", "a", "b") == 2.5)
    }

    @Test(
        "skips what is no line of figures, and values that are no numbers",
        arguments: [
            "", "peer=a", "case=b peer=a", "peer= case=b", "peer=a case=", "ops_s=1 peer=a case=b",
        ])
    func skips(_ line: String) {
        #expect(FigureLine(line) == nil)
        #expect(Self.table(line).isEmpty)
        let figures = FigureLine("peer=a case=b x=nan y=inf z=1e3 w v=two =5 u=-1")
        #expect(figures?.values == ["z": 1_000, "u": -1])
    }

    @Test("finds nothing that falls short where all holds")
    func holds() {
        #expect(ComparisonReport(Self.table()).shortfalls == [])
    }

    @Test(
        "names each figure that falls short",
        arguments: [
            ("peer=etcd case=put_c256 ops_s=5000", "ops_s=6300", "256x1"),
            ("peer=zookeeper case=set_256x1 ops_s=14000", "ops_s=15600", "256x1"),
            ("peer=etcd case=put_8x32 ops_s=10000", "ops_s=12100", "8x32"),
            ("peer=rabbitmq case=pub_1x256 ops_s=20000", "ops_s=40100", "8x32"),
            ("peer=nats case=nofsync_pub_1x256 ops_s=55000", "ops_s=60100", "1x256"),
            ("peer=etcd case=put_c1 ops_s=900 p50_us=1000", "p50_us=390", "1x1"),
        ])
    func falls(_ line: String, _ better: String, _ caseName: String) throws {
        let words = line.split(separator: " ").prefix(2).joined(separator: " ")
        let text = Self.good.split(separator: "\n").map {
            $0.hasPrefix(line) ? "\(words) \(better)" : String($0)
        }
        let shortfalls = ComparisonReport(Self.table(text.joined(separator: "\n"))).shortfalls
        #expect(shortfalls.count == 1)
        #expect(shortfalls.first?.hasPrefix(caseName + ":") == true, "\(shortfalls)")
        #expect(shortfalls.first?.contains(" times ") == true)
    }

    @Test("says what costs the servers too much")
    func costs() {
        let text = Self.good.replacing("srv_cpu_s_100k=2.10", with: "srv_cpu_s_100k=4.10")
        #expect(
            ComparisonReport(Self.table(text)).shortfalls == [
                "8x32: srv_cpu_s_100k is 4.10 s, not 4.00 s or less"
            ])
    }

    @Test("takes a target for met that one of its cases meets, and says of each whether it does")
    func transports() {
        let text = Self.good.replacing("put_c256 ops_s=5000", with: "put_c256 ops_s=7000")
        let missed = ComparisonReport(Self.table(text))
        #expect(missed.shortfalls.count == 1)
        let line = "\npeer=rookery case=256x1_http ops_s=36000\n"
        let met = ComparisonReport(Self.table(text + line))
        #expect(met.shortfalls == [])
        let target = "| messages/s at least 5.00 x etcd `put_c256` |"
        #expect(
            met.markdown.contains(
                "\(target) 256x1, WebSocket | 31,000 | 35,000 | 4.43 x | **no** |"))
        #expect(
            met.markdown.contains("\(target) 256x1_http, HTTP | 36,000 | 35,000 | 5.14 x | yes |"))
        #expect(!missed.markdown.contains("256x1_http, HTTP"))
    }

    @Test("takes what was not measured for a shortfall")
    func unmeasured() {
        let text = Self.good.split(separator: "\n").filter { !$0.contains("peer=etcd") }
        let shortfalls = ComparisonReport(Self.table(text.joined(separator: "\n"))).shortfalls
        #expect(shortfalls.count == 3)
        #expect(shortfalls.allSatisfy { $0.hasSuffix("not measured") })
    }

    @Test("is a table in Markdown with as many cells in each line of a table")
    func markdown() {
        let text = ComparisonReport(Self.table()).markdown
        #expect(text.hasPrefix("- processor: a fast one\n\n| case"))
        #expect(text.contains("| **Rookery** | 31,000 (29,000 to 34,000) | 7.10 ms | 15.00 ms |"))
        #expect(text.contains("| etcd `put_c256` | 5,000 | 40.00 ms |"))
        #expect(text.contains("| 3.10 s | 0.50 s |"))
        #expect(text.contains("| 6.20 x | 0.18 x | 0.16 x |"))
        let widths = text.split(separator: "\n").filter { $0.hasPrefix("|") }.map { line in
            line.count { $0 == "|" }
        }
        #expect(Set(widths) == [11, 9, 7])
    }

    @Test("says what the disk takes, and how that differed from round to round")
    func disk() {
        let lines = ["p50_us=80 p99_us=150", "p50_us=4031 p99_us=7000", "p50_us=100 p99_us=200"]
        let text = lines.map { "peer=ceiling case=sync ops_s=1 \($0)" }.joined(separator: "\n")
        let markdown = ComparisonReport(Self.table(text)).markdown
        #expect(
            markdown.hasPrefix(
                "- fdatasync of 4 KiB here: p50 100 us (80 us to 4.03 ms), p99 200 us\n"))
    }

    @Test("says in JSON what it says in the table")
    func json() throws {
        let json = try JSONValue.parse(ComparisonReport(Self.table()).encoded())
        let first = try #require(json["cases"]?.array?.first)
        #expect(first["peer"]?.string == "rookery")
        #expect(first["ops_s"]?.double == 31_000)
        #expect(first["runs"]?.integer == 3)
        #expect(json["remarks"]?.array?.count == 1)
        #expect(json["shortfalls"]?.array?.isEmpty == true)
    }

    @Test("wants each target of rows that compare the same")
    func targets() {
        for target in Target.all {
            for caseName in target.caseNames {
                let row = Comparison.rows.first { $0.caseName == caseName }
                switch target.bound {
                case .timesAtLeast(_, let other), .timesAtMost(_, let other):
                    #expect(row?.others.contains(other) == true, "\(target)")
                case .atMost, .stated: break
                }
            }
        }
        #expect(Comparison.peers == ["etcd", "zookeeper", "rabbitmq", "nats"])
    }
}

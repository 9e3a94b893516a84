import Testing
import Toolbox
import chatbench

@Suite("The report")
struct ReportTests {
    /// 1,000 messages in two seconds, of 100, 200, ..., 100,000 us.
    static func report() -> BenchReport {
        var settings = LoadSettings()
        settings.connections = 8
        settings.inFlight = 32
        var report = BenchReport(settings)
        report.seconds = 2
        for step in UInt64(1)...1_000 { report.latencies.record(microseconds: step * 100) }
        report.servers = BenchReport.Servers(
            cpuSeconds: 0.05, residentBytes: 3 << 20, residentBytesPeak: 4 << 20)
        report.ownCPUSeconds = 0.5
        report.verdict.sent = 1_200
        report.verdict.acknowledged = 1_200
        return report
    }

    @Test("names its figures as the peers' kit does")
    func line() {
        let words = Self.report().line.split(separator: " ").map(String.init)
        #expect(words.starts(with: ["peer=rookery", "case=8x32", "ops_s=500.00"]))
        for word in [
            "srv_cpu_s_100k=5.00", "gen_cpu_s_100k=50.00", "gen_cpu_pct=25.00", "srv_rss_mb=3.00",
            "srv_peak_rss_mb=4.00", "max_us=100000.00",
        ] {
            #expect(words.contains(word), "\(word) in \(words)")
        }
    }

    @Test("says the same in JSON")
    func json() throws {
        let json = try JSONValue.parse(Self.report().encoded())
        #expect(json["case"]?.string == "8x32")
        #expect(json["ops_s"]?.double == 500)
        #expect(json["srv_cpu_s_100k"]?.double == 5)
        #expect(json["acknowledged"]?.integer == 1_200)
        #expect(json["good"]?.bool == true)
        #expect(json["deliveries_s"] == nil)
    }

    @Test("says so when servers run elsewhere, and when receivers are online")
    func variants() throws {
        var report = Self.report()
        report.servers = nil
        report.deliveries = report.latencies
        #expect(report.text.contains("do not run on this machine"))
        #expect(!report.line.contains("srv_cpu"))
        let json = try JSONValue.parse(report.encoded())
        #expect(json["srv_cpu_s_100k"]?.isNull == true)
        #expect(json["deliveries_s"]?.double == 500)
    }

    @Test("of a fan-out counts deliveries, and names sends beside them")
    func fanOut() throws {
        var report = Self.report()
        report.settings.audience = 100
        report.settings.connections = 1
        report.settings.inFlight = 4
        var deliveries = report.latencies
        deliveries.add(report.latencies)
        report.deliveries = deliveries
        #expect(report.line.hasPrefix("peer=rookery case=fanout100x4 ops_s=1000.00 "))
        #expect(report.line.contains("srv_cpu_s_100k=2.50"))
        #expect(report.text.contains("2.50 s for 100,000 deliveries"))
        #expect(report.text.contains("500.00 messages/s"))
        #expect(try JSONValue.parse(report.encoded())["sends_s"]?.double == 500)
    }

    @Test("is bad as soon as one message is lost, doubled or changed, or a position is missing")
    func bad() {
        #expect(Self.report().isGood)
        #expect(Self.report().text.contains("all 1,200, each once"))
        let faults: [(inout BenchReport) -> Void] = [
            { $0.verdict.lost = 1 }, { $0.verdict.doubled = 1 }, { $0.verdict.changed = 1 },
            { $0.holesCount = 1 },
        ]
        for fault in faults {
            var report = Self.report()
            fault(&report)
            #expect(!report.isGood)
            #expect(!report.text.contains("each once"))
        }
    }

    @Test("of a run without a single message has no latencies and no cost")
    func empty() throws {
        let report = BenchReport(LoadSettings())
        #expect(report.line.contains("ops_s=0.00"))
        #expect(!report.line.contains("p50_us"))
        #expect(try JSONValue.parse(report.encoded())["gen_cpu_s_100k"]?.isNull == true)
    }

    @Test("draws one line for each step that has any, and leaves none out")
    func chart() {
        var histogram = Histogram()
        for value: UInt64 in [3, 150, 160, 4_000, 4_001, 4_002, 9_000_000] {
            histogram.record(microseconds: value)
        }
        let counts = LatencyChart.lines(of: histogram).map { line in
            line.split(separator: " ").compactMap { Int($0) }.last ?? 0
        }
        #expect(counts == [1, 2, 3, 1])
        #expect(LatencyChart.lines(of: Histogram()).isEmpty)
        histogram.record(microseconds: .max)
        #expect(LatencyChart.lines(of: histogram).count == 5)
    }

    @Test("writes numbers as people read them")
    func numbers() {
        #expect(Figure.microseconds(999) == "999 us")
        #expect(Figure.microseconds(1_250) == "1.25 ms")
        #expect(Figure.microseconds(2_000_000) == "2.00 s")
        #expect(Figure.grouped(1_234_567) == "1,234,567")
        #expect(Figure.grouped(12) == "12")
        #expect(Figure.hundredths(0.005) == "0.01")
        #expect(Figure.hundredths(.nan) == "-")
        #expect(Figure.hundredths(-1) == "-")
    }
}

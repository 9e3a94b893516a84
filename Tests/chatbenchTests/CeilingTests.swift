import SystemIO
import Testing
import Toolbox
import chatbench

@Suite("The ceiling")
struct CeilingTests {
    @Test("names its figures as a run does")
    func line() throws {
        var settings = CeilingSettings()
        settings.framesPerSend = 8
        let report = CeilingReport(settings, figures: [("ops_s", 1_000), ("srv_cpu_s_100k", 0.5)])
        #expect(report.line == "peer=ceiling case=fanout1000_by8 ops_s=1000.00 srv_cpu_s_100k=0.50")
        #expect(report.text.hasSuffix(report.line + "\n"))
        #expect(FigureLine(report.line)?.values["ops_s"] == 1_000)
        let json = try JSONValue.parse(report.encoded())
        #expect(json["case"]?.string == "fanout1000_by8")
        #expect(json["srv_cpu_s_100k"]?.double == 0.5)
    }

    @Test("of delivery is that many frames to that many sockets")
    func fanOut() throws {
        var settings = CeilingSettings()
        settings.connections = 20
        settings.seconds = 1
        settings.framesPerSend = 3
        let report = try CeilingReport.measure(settings)
        let figures = Dictionary(uniqueKeysWithValues: report.figures.map { ($0.name, $0.value) })
        #expect((figures["ops_s"] ?? 0) > 100)
        #expect((figures["srv_cpu_s_100k"] ?? 0) > 0)
        #expect((figures["gen_cpu_s_100k"] ?? 0) > 0)
    }

    @Test("of syncing leaves no file behind, and says which folder is none")
    func sync() throws {
        var settings = CeilingSettings()
        settings.kind = .sync
        settings.seconds = 1
        let folder = try Folder.temporary(prefix: "chatbench-tests")
        settings.directory = folder.path
        let report = try CeilingReport.measure(settings)
        #expect(report.figures.contains { $0.name == "p50_us" && $0.value > 0 })
        #expect(try folder.names() == [])
        try folder.removeTree()
        let error = #expect(throws: BenchFailure.self) { try CeilingReport.measure(settings) }
        #expect(error?.message.contains(folder.path) == true)
    }
}

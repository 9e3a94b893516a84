import Testing
import Vocabulary
import chatbench

@Suite("The command line")
struct InvocationTests {
    struct Good: CustomTestStringConvertible, Sendable {
        let line: String
        var settings = LoadSettings()
        var config = Invocation.configDefault
        var isJSON = false

        var testDescription: String { line }

        init(_ line: String, _ change: (inout Good) -> Void = { _ in }) {
            self.line = line
            change(&self)
        }
    }

    static let good: [Good] = [
        Good("send"),
        Good("send --connections 256 --in-flight 1") { $0.settings.connections = 256 },
        Good("send --connections 8 --in-flight 32") {
            $0.settings.connections = 8
            $0.settings.inFlight = 32
        },
        Good("--config other.json5 send --seconds 3 --warm-up 0") {
            $0.config = "other.json5"
            $0.settings.seconds = 3
            $0.settings.warmUpSeconds = 0
        },
        Good("send --json --chats 5 --text-bytes 4000 --receivers online") {
            $0.isJSON = true
            $0.settings.chats = 5
            $0.settings.textBytes = 4_000
            $0.settings.receivers = .online
        },
        Good("send --at leaders") { $0.settings.place = .leaders },
        Good("send --transport http") { $0.settings.transport = .http },
        Good("send --at 3") { $0.settings.place = .node(NodeID(3)) },
        Good("--seconds 1 send --at home") { $0.settings.seconds = 1 },
    ]

    @Test("is read as it says", arguments: good)
    func reads(_ good: Good) throws {
        let invocation = try Invocation(good.line.split(separator: " ").map(String.init))
        #expect(invocation.command == .send(good.settings))
        #expect(invocation.config == good.config)
        #expect(invocation.isJSON == good.isJSON)
    }

    @Test("of latency has one connection and one message in flight")
    func latency() throws {
        var settings = LoadSettings()
        settings.connections = 1
        settings.seconds = 4
        #expect(try Invocation(["latency", "--seconds", "4"]).command == .latency(settings))
        #expect(settings.inFlight == 1)
    }

    @Test("of deliver has a sender for each group, and its audience online")
    func deliver() throws {
        var settings = LoadSettings()
        settings.audience = 300
        settings.chats = 4
        settings.connections = 4
        settings.inFlight = 8
        settings.receivers = .online
        let words = "deliver --audience 300 --chats 4 --in-flight 8".split(separator: " ")
        #expect(try Invocation(words.map(String.init)).command == .deliver(settings))
        #expect(settings.caseName == "fanout300x32")
        settings = LoadSettings()
        settings.audience = 100
        settings.chats = 1
        settings.connections = 1
        settings.receivers = .online
        #expect(try Invocation(["deliver"]).command == .deliver(settings))
    }

    @Test("of ceiling and compare is read as it says")
    func measures() throws {
        var ceiling = CeilingSettings()
        ceiling.connections = 50
        ceiling.framesPerSend = 4
        ceiling.bytes = 90
        ceiling.seconds = 2
        let fanOut = "ceiling fan-out --connections 50 --frames-per-send 4 --bytes 90 --seconds 2"
        let words = fanOut.split(separator: " ").map(String.init)
        #expect(try Invocation(words).command == .ceiling(ceiling))
        ceiling = CeilingSettings()
        ceiling.kind = .sync
        ceiling.directory = "there"
        #expect(
            try Invocation(["ceiling", "sync", "--directory", "there"]).command
                == .ceiling(ceiling))
        var compare = CompareSettings()
        compare.files = ["a", "b"]
        compare.isChecked = true
        #expect(try Invocation(["compare", "a", "--check", "b"]).command == .compare(compare))
        compare = CompareSettings()
        compare.listsPeers = true
        #expect(try Invocation(["compare", "--peers"]).command == .compare(compare))
    }

    @Test(
        "that is wrong is refused with what is wrong",
        arguments: [
            ("", "no command given"), ("sendd", "unknown command \"sendd\""),
            ("send twice", "\"twice\" is too much"), ("send --fast 1", "unknown option \"--fast\""),
            ("send --connections", "--connections needs a value"),
            ("send --connections --json", "--connections needs a value"),
            ("send --connections 0", "a number from 1 to 10000, not \"0\""),
            ("send --connections 10001", "not \"10001\""), ("send --in-flight x", "not \"x\""),
            ("send --text-bytes 100001", "not \"100001\""), ("send --seconds -1", "not \"-1\""),
            ("send --receivers asleep", "online or offline"),
            ("send --transport air", "socket or http"), ("send --at n3", "a node's number"),
            ("send --at 70000", "a node's number"),
            ("latency --connections 2", "unknown option \"--connections\""),
            ("deliver --connections 2", "unknown option \"--connections\""),
            ("deliver --receivers online", "unknown option \"--receivers\""),
            ("deliver --audience 0", "a number from 1 to 9999"),
            ("send --audience 5", "unknown option \"--audience\""),
            ("compare", "compare needs files"), ("compare --fast a", "unknown option \"--fast\""),
            ("ceiling dome", "\"dome\" is no ceiling"), ("ceiling --bytes", "needs a value"),
            ("ceiling sync --connections 5", "unknown option \"--connections\""),
            ("ceiling fan-out --directory x", "unknown option \"--directory\""),
        ])
    func refuses(_ line: String, _ what: String) {
        let error = #expect(throws: BenchFailure.self) {
            try Invocation(line.split(separator: " ").map(String.init))
        }
        #expect(error?.message.contains(what) == true, "\(error?.message ?? "")")
        #expect(error?.exitStatus == 2)
    }

    @Test(
        "asks for help on every level",
        arguments: [
            (["--help"], HelpTopic.program), (["-h"], .program), (["send", "--help"], .send),
            (["--help", "latency"], .latency), (["deliver", "--help"], .deliver),
            (["ceiling", "-h"], .ceiling), (["compare", "--help"], .compare),
        ])
    func help(_ arguments: [String], _ topic: HelpTopic) throws {
        #expect(try Invocation(arguments).command == .help(topic))
        #expect(topic.text.hasPrefix("usage: chatbench"))
        #expect(topic.text.hasSuffix("\n"))
        #expect(topic.text.split(separator: "\n").allSatisfy { $0.count <= 100 })
    }
}

import Vocabulary

/// What the command line asks for.
public struct Invocation: Hashable, Sendable {
    public enum Command: Hashable, Sendable {
        case help(HelpTopic)
        case send(LoadSettings)
        case latency(LoadSettings)
        case deliver(LoadSettings)
        case ceiling(CeilingSettings)
        case failover(FailoverSettings)
        case compare(CompareSettings)
    }

    public static let configDefault = "cluster-configs/three-nodes.json5"

    public var command: Command
    public var config = Invocation.configDefault
    /// Print JSON instead of a table.
    public var isJSON = false

    /// - Parameter arguments: without the program's name.
    public init(_ arguments: [String]) throws(BenchFailure) {
        var topic = HelpTopic.program
        var settings = LoadSettings()
        var ceiling = CeilingSettings()
        var failover = FailoverSettings()
        var compare = CompareSettings()
        var wantsHelp = false
        command = .help(.program)
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--help", "-h": wantsHelp = true
            case "--json": isJSON = true
            case "--config": config = try Self.value(of: argument, &rest)
            case _ where topic == .compare: try compare.take(argument)
            case _ where topic == .ceiling: try ceiling.take(argument, &rest)
            case _ where topic == .failover: try failover.take(argument, &rest)
            case _ where argument.hasPrefix("-"):
                let value = try Self.value(of: argument, &rest)
                try Self.set(argument, to: value, for: topic, in: &settings)
            default:
                topic = try Self.command(argument, behind: topic)
                if topic == .deliver { settings.prepareFanOut() }
            }
        }
        switch topic {
        case _ where wantsHelp: command = .help(topic)
        case .program: throw .usage("no command given\n\n" + topic.text)
        case .send: command = .send(settings)
        case .latency:
            settings.connections = 1
            settings.inFlight = 1
            command = .latency(settings)
        case .deliver:
            settings.connections = settings.chats
            command = .deliver(settings)
        case .ceiling: command = .ceiling(ceiling)
        case .failover: command = .failover(try failover.checked())
        case .compare: command = .compare(try compare.checked())
        }
    }

    private static func command(
        _ word: String, behind topic: HelpTopic
    ) throws(BenchFailure) -> HelpTopic {
        guard topic == .program else {
            throw .usage("\"\(word)\" is too much\n\n\(topic.text)")
        }
        guard let found = HelpTopic.allCases.first(where: { $0.word == word }) else {
            throw .usage("unknown command \"\(word)\"\n\n\(HelpTopic.program.text)")
        }
        return found
    }

    static func value(
        of option: String, _ rest: inout ArraySlice<String>
    ) throws(BenchFailure) -> String {
        guard let value = rest.popFirst(), !value.hasPrefix("--") else {
            throw .usage("\(option) needs a value behind it")
        }
        return value
    }

    private static func set(
        _ option: String, to value: String, for topic: HelpTopic, in settings: inout LoadSettings
    ) throws(BenchFailure) {
        switch option {
        case "--connections" where topic != .latency && topic != .deliver:
            settings.connections = try number(value, of: option, in: 1...10_000)
        case "--in-flight" where topic != .latency:
            settings.inFlight = try number(value, of: option, in: 1...10_000)
        case "--seconds": settings.seconds = try number(value, of: option, in: 1...3_600)
        case "--warm-up": settings.warmUpSeconds = try number(value, of: option, in: 0...3_600)
        case "--chats": settings.chats = try number(value, of: option, in: 1...10_000)
        case "--text-bytes":
            let maximum = Limits.textScalarsMaximum
            settings.textBytes = try number(value, of: option, in: 1...maximum)
        case "--audience" where topic == .deliver:
            settings.audience = try number(value, of: option, in: 1...9_999)
        case "--receivers" where topic != .deliver:
            guard let receivers = LoadSettings.Receivers(rawValue: value) else {
                throw .usage("--receivers is online or offline, not \"\(value)\"")
            }
            settings.receivers = receivers
        case "--transport" where topic != .deliver:
            guard let transport = LoadSettings.Transport(rawValue: value) else {
                throw .usage("--transport is socket or http, not \"\(value)\"")
            }
            settings.transport = transport
        case "--at": settings.place = try place(value)
        default: throw .usage("unknown option \"\(option)\"\n\n\(topic.text)")
        }
    }

    static func number(
        _ text: String, of option: String, in range: ClosedRange<Int>
    ) throws(BenchFailure) -> Int {
        guard let number = Int(text), range.contains(number) else {
            throw .usage(
                "\(option) is a number from \(range.lowerBound) to \(range.upperBound),"
                    + " not \"\(text)\"")
        }
        return number
    }

    private static func place(_ text: String) throws(BenchFailure) -> LoadSettings.Place {
        switch text {
        case "home": return .home
        case "leaders": return .leaders
        default:
            guard let node = NodeID(digits: text) else {
                throw .usage("--at is home, leaders or a node's number, not \"\(text)\"")
            }
            return .node(node)
        }
    }
}

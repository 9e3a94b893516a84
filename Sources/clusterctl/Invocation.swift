public import Vocabulary

/// What the command line asks for.
public struct Invocation: Hashable, Sendable {
    public enum Command: Hashable, Sendable {
        case help(HelpTopic)
        case status
        case nodes
        case groups(copies: Bool)
        case shards
        case chat(ChatID)
        case user(String)
        case importUsers(file: String)
        case issueToken(name: String, device: String)
        case checkConfiguration(file: String)
        case showConfiguration(file: String)
        case createSecrets
    }

    public static let configDefault = "cluster-configs/three-nodes.json5"

    public var command: Command
    public var config: String
    /// Print JSON instead of tables.
    public var isJSON: Bool

    /// - Parameter arguments: without the program's name.
    public init(_ arguments: [String]) throws(ControlFailure) {
        var parser = ArgumentParser(arguments)
        let words = try parser.words()
        config = parser.config ?? Self.configDefault
        isJSON = parser.isJSON
        guard !parser.wantsHelp, !words.isEmpty else {
            guard parser.wantsHelp else {
                throw .usage("no command given\n\n" + HelpTopic.program.text)
            }
            command = .help(try HelpTopic(words: words))
            return
        }
        command = try Self.command(words, &parser)
        try parser.expectNoFlags()
    }

    private static func command(
        _ words: [String], _ parser: inout ArgumentParser
    ) throws(ControlFailure) -> Command {
        let topic = try HelpTopic(words: words)
        let rest = words.dropFirst(topic.words.count)
        switch topic {
        case .program, .user, .token, .config, .secrets:
            guard topic == .user, let name = rest.first else {
                throw topic.usage("a command is missing")
            }
            try topic.expect(rest, count: 1)
            return .user(name)
        case .status: return try topic.expect(rest, count: 0, .status)
        case .nodes: return try topic.expect(rest, count: 0, .nodes)
        case .groups:
            return try topic.expect(rest, count: 0, .groups(copies: parser.takeFlag("--copies")))
        case .shards: return try topic.expect(rest, count: 0, .shards)
        case .chat:
            try topic.expect(rest, count: 1)
            guard let chat = ChatID(digits: rest.first ?? "") else {
                throw topic.usage("\"\(rest.first ?? "")\" is no chat's id")
            }
            return .chat(chat)
        case .userImport:
            try topic.expect(rest, count: 1)
            return .importUsers(file: rest.first ?? "")
        case .tokenIssue:
            try topic.expect(rest, count: 1)
            return .issueToken(
                name: rest.first ?? "", device: parser.takeValue("--device") ?? "clusterctl")
        case .configCheck:
            try topic.expect(rest, count: 1)
            return .checkConfiguration(file: rest.first ?? "")
        case .configShow:
            try topic.expect(rest, count: 1)
            return .showConfiguration(file: rest.first ?? "")
        case .secretsCreate: return try topic.expect(rest, count: 0, .createSecrets)
        }
    }
}

extension HelpTopic {
    func usage(_ what: String) -> ControlFailure { .usage("\(what)\n\n\(text)") }

    /// Throws unless exactly `count` words are left behind the command's own.
    func expect(_ rest: ArraySlice<String>, count: Int) throws(ControlFailure) {
        if rest.count < count { throw usage("something is missing") }
        if rest.count > count {
            throw usage("\"\(rest[rest.startIndex + count])\" is too much")
        }
    }

    func expect(
        _ rest: ArraySlice<String>, count: Int, _ command: Invocation.Command
    ) throws(ControlFailure) -> Invocation.Command {
        try expect(rest, count: count)
        return command
    }
}

import Configuration

/// What is wrong with a command line, and the command whose help tells how it should be.
public struct ArgumentFailure: Error, Hashable, Sendable {
    public let message: String
    public let path: [String]

    public init(message: String, path: [String]) {
        self.message = message
        self.path = path
    }
}

/// Fits the words of a command line to the descriptions of commands.
///
/// Options may stand anywhere behind the words of the command that they belong to, as
/// `--name VALUE` or `--name=VALUE`; behind `--` everything is an operand.
public struct ArgumentParser: Sendable {
    public enum Outcome: Hashable, Sendable {
        case run(CommandArguments)
        /// Of the command, or the family of commands, with that path.
        case help(path: [String])
    }

    private let commands: [CommandDescription]
    private let globalOptions: [CommandDescription.Option]
    private var path: [String] = []
    private var operands: [String] = []
    private var options: [String: String] = [:]
    private var asksForHelp = false

    /// - Parameter words: without the program's name.
    public static func parse(
        _ words: [String], commands: [CommandDescription],
        globalOptions: [CommandDescription.Option]
    ) throws(ArgumentFailure) -> Outcome {
        var parser = ArgumentParser(commands: commands, globalOptions: globalOptions)
        try parser.read(words)
        return try parser.outcome()
    }

    private init(commands: [CommandDescription], globalOptions: [CommandDescription.Option]) {
        self.commands = commands
        self.globalOptions = globalOptions
    }

    private mutating func read(_ words: [String]) throws(ArgumentFailure) {
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                operands += rest
                return
            }
            if word == "--help" || word == "-h" {
                asksForHelp = true
            } else if word.hasPrefix("-"), word != "-" {
                try readOption(word, &rest)
            } else {
                try readWord(word)
            }
        }
    }

    private mutating func readWord(_ word: String) throws(ArgumentFailure) {
        if operands.isEmpty, commands.contains(where: { $0.path.starts(with: path + [word]) }) {
            path.append(word)
            return
        }
        guard command != nil else { throw unknownCommand(word) }
        operands.append(word)
    }

    private mutating func readOption(
        _ word: String, _ rest: inout ArraySlice<String>
    ) throws(ArgumentFailure) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard let option = knownOptions.first(where: { $0.name == name }) else {
            throw failure("unknown option \"\(name)\"", name, among: knownOptions.map(\.name))
        }
        guard options[name] == nil else { throw failure("\(name) stands twice") }
        guard let value = option.value else {
            guard parts.count == 1 else { throw failure("\(name) takes no value") }
            options[name] = ""
            return
        }
        guard let given = parts.count == 2 ? String(parts[1]) : rest.popFirst(), !given.isEmpty
        else { throw failure("\(name) needs a value: \(name) \(value)") }
        options[name] = given
    }

    private func outcome() throws(ArgumentFailure) -> Outcome {
        if asksForHelp { return .help(path: path) }
        guard let command else {
            let next = nextWords.joined(separator: ", ")
            throw failure(path.isEmpty ? "a command is missing" : "which? one of: \(next)")
        }
        let needed = command.operands.filter { !$0.isOptional }
        if operands.count < needed.count {
            throw failure("\(needed[operands.count].name) is missing")
        }
        if operands.count > command.operands.count {
            throw failure("\"\(operands[command.operands.count])\" is one argument too many")
        }
        return .run(CommandArguments(path: path, operands: operands, options: options))
    }

    // MARK: What is known at this point

    private var command: CommandDescription? { commands.first { $0.path == path } }

    private var knownOptions: [CommandDescription.Option] {
        (command?.options ?? []) + globalOptions
    }

    private var nextWords: [String] {
        var words: [String] = []
        for command in commands where command.path.starts(with: path) {
            if let word = command.path.dropFirst(path.count).first, !words.contains(word) {
                words.append(word)
            }
        }
        return words
    }

    private func unknownCommand(_ word: String) -> ArgumentFailure {
        let full = (path + [word]).joined(separator: " ")
        return failure("unknown command \"\(full)\"", word, among: nextWords)
    }

    private func failure(_ message: String) -> ArgumentFailure {
        ArgumentFailure(message: message, path: path)
    }

    private func failure(
        _ message: String, _ word: String, among known: [String]
    ) -> ArgumentFailure {
        let guess = NearestWord.guess(word, among: known).map { ", did you mean \"\($0)\"?" }
        return failure(message + (guess ?? ""))
    }
}

/// A command line that fits the description of its command.
public struct CommandArguments: Hashable, Sendable {
    public let path: [String]
    public let operands: [String]
    /// What each option was given; flags have an empty text.
    public let options: [String: String]

    public init(path: [String], operands: [String], options: [String: String]) {
        self.path = path
        self.operands = operands
        self.options = options
    }

    /// Whether the option was given.
    public func has(_ option: String) -> Bool { options[option] != nil }
}

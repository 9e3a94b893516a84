/// Tells options from words. Options may stand anywhere; behind `--` everything is a word.
struct ArgumentParser {
    private static let flags = ["--copies"]
    private static let valued = ["--device"]

    private let arguments: [String]
    private(set) var config: String?
    private(set) var isJSON = false
    private(set) var wantsHelp = false
    private var found: [(name: String, value: String?)] = []

    init(_ arguments: [String]) { self.arguments = arguments }

    /// Reads all arguments and answers those that are no options.
    mutating func words() throws(ControlFailure) -> [String] {
        var words: [String] = []
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--help", "-h": wantsHelp = true
            case "--json": isJSON = true
            case "--config": config = try Self.value(of: argument, &rest)
            case "--": return words + rest
            case _ where Self.flags.contains(argument): found.append((argument, nil))
            case _ where Self.valued.contains(argument):
                found.append((argument, try Self.value(of: argument, &rest)))
            case _ where argument.hasPrefix("-") && argument != "-":
                throw .usage("unknown option \"\(argument)\"\n\n\(HelpTopic.program.text)")
            default: words.append(argument)
            }
        }
        return words
    }

    private static func value(
        of option: String, _ rest: inout ArraySlice<String>
    ) throws(ControlFailure) -> String {
        guard let value = rest.popFirst(), !value.hasPrefix("--") else {
            throw .usage("\(option) needs a value behind it")
        }
        return value
    }

    mutating func takeFlag(_ name: String) -> Bool {
        guard let index = found.firstIndex(where: { $0.name == name }) else { return false }
        found.remove(at: index)
        return true
    }

    mutating func takeValue(_ name: String) -> String? {
        guard let index = found.firstIndex(where: { $0.name == name }) else { return nil }
        return found.remove(at: index).value
    }

    /// Throws if an option is left that the command does not have.
    func expectNoFlags() throws(ControlFailure) {
        guard let option = found.first else { return }
        throw .usage("this command has no option \(option.name)")
    }
}

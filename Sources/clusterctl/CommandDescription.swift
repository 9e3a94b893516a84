/// What a command is called and takes: what the parser obeys and `--help` shows.
public struct CommandDescription: Hashable, Sendable {
    public struct Option: Hashable, Sendable {
        /// With its dashes.
        public let name: String
        /// What its value is called; nil for a flag.
        public let value: String?
        public let help: String

        public init(_ name: String, _ value: String? = nil, help: String) {
            self.name = name
            self.value = value
            self.help = help
        }

        var synopsis: String { value.map { "\(name) \($0)" } ?? name }
    }

    public struct Operand: Hashable, Sendable {
        public let name: String
        public let help: String
        public let isOptional: Bool

        public init(_ name: String, isOptional: Bool = false, help: String) {
            self.name = name
            self.help = help
            self.isOptional = isOptional
        }

        var synopsis: String { isOptional ? "[\(name)]" : name }
    }

    /// The words that call it, such as `user import`.
    public let path: [String]
    /// One line.
    public let summary: String
    public let operands: [Operand]
    public let options: [Option]
    /// What else must be known to use it.
    public let details: String

    public init(
        path: [String], summary: String, operands: [Operand] = [], options: [Option] = [],
        details: String = ""
    ) {
        self.path = path
        self.summary = summary
        self.operands = operands
        self.options = options
        self.details = details
    }

    public var name: String { path.joined(separator: " ") }

    var synopsis: String {
        (path + operands.map(\.synopsis) + options.map { "[\($0.synopsis)]" })
            .joined(separator: " ")
    }
}

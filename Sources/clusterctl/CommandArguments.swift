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

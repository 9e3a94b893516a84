/// Everything that is wrong with a configuration, in order of lines. Nothing may start with it.
public struct ConfigurationFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public struct Problem: Hashable, Sendable, CustomStringConvertible {
        /// As the operator named it.
        public let file: String
        /// Counted from 1; nil where the file as a whole is meant.
        public let line: Int?
        public let message: String

        public var description: String {
            line.map { "\(file):\($0): \(message)" } ?? "\(file): \(message)"
        }
    }

    /// At least one.
    public let problems: [Problem]

    /// One line for each problem.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}

public import Toolbox

/// Writes the answer to `/metrics`.
///
/// Source: Prometheus text-based exposition format 0.0.4.
public struct MetricsText: Sendable {
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    public enum Kind: String, Sendable {
        /// Only grows while the process lives.
        case counter
        /// Goes up and down.
        case gauge
    }

    private var writer = ByteWriter(reserving: 4_096)

    public init() {}

    /// Starts a family; its samples follow.
    ///
    /// - Parameter help: one line without backslashes.
    public mutating func family(_ name: String, _ kind: Kind, help: String) {
        writer.writeRaw(Bytes("# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"))
    }

    /// One sample of the family started last.
    public mutating func sample(
        _ name: String, labels: [(name: String, value: String)] = [], _ value: Double
    ) {
        var line = name
        if !labels.isEmpty {
            let pairs = labels.map { "\($0.name)=\"\(Self.escape($0.value))\"" }
            line += "{" + pairs.joined(separator: ",") + "}"
        }
        writer.writeRaw(Bytes("\(line) \(value)\n"))
    }

    /// A family with one sample.
    public mutating func single(_ name: String, _ kind: Kind, help: String, _ value: Double) {
        family(name, kind, help: help)
        sample(name, value)
    }

    public mutating func take() -> Bytes { writer.take() }

    private static func escape(_ text: String) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}

/// What of the machine itself is measured: nothing that runs on it can do better.
public struct CeilingSettings: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        /// One thread writes to many sockets, another reads them.
        case fanOut = "fan-out"
        /// Writes to a file, each made durable before the next.
        case sync
    }

    public var kind = Kind.fanOut
    public var seconds = 5
    /// Sockets that are written to.
    public var connections = 1_000
    /// Frames that leave with one system call.
    public var framesPerSend = 1
    /// The payload of a frame; what is written before each sync.
    public var bytes: Int?
    /// Where the file is made.
    public var directory = "."

    public init() {}

    public static let frameBytesDefault = 200
    public static let syncBytesDefault = 4_096

    /// The case as the comparison names it.
    public var caseName: String {
        switch kind {
        case .fanOut:
            "fanout\(connections)" + (framesPerSend > 1 ? "_by\(framesPerSend)" : "")
        case .sync: "sync"
        }
    }

    /// Takes one argument, with its value if it has one.
    mutating func take(
        _ argument: String, _ rest: inout ArraySlice<String>
    ) throws(BenchFailure) {
        if let kind = Kind(rawValue: argument) {
            self.kind = kind
            return
        }
        guard argument.hasPrefix("-") else {
            throw .usage("\"\(argument)\" is no ceiling\n\n\(HelpTopic.ceiling.text)")
        }
        let value = try Invocation.value(of: argument, &rest)
        switch argument {
        case "--seconds":
            seconds = try Invocation.number(value, of: argument, in: 1...3_600)
        case "--bytes": bytes = try Invocation.number(value, of: argument, in: 1...1_000_000)
        case "--connections" where kind != .sync:
            connections = try Invocation.number(value, of: argument, in: 1...20_000)
        case "--frames-per-send" where kind != .sync:
            framesPerSend = try Invocation.number(value, of: argument, in: 1...1_000)
        case "--directory" where kind != .fanOut: directory = value
        default: throw .usage("unknown option \"\(argument)\"\n\n\(HelpTopic.ceiling.text)")
        }
    }
}

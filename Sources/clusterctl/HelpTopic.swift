import Configuration

/// What help is asked for: the program, or one of its commands.
public enum HelpTopic: CaseIterable, Hashable, Sendable {
    case program
    case status
    case nodes
    case groups
    case shards
    case chat
    case user
    case userImport
    case token
    case tokenIssue
    case config
    case configCheck
    case configShow
    case secrets
    case secretsCreate

    /// The longest topic that `words` begin with.
    init(words: [String]) throws(ControlFailure) {
        let matching = Self.allCases.filter { words.starts(with: $0.words) }
        guard let topic = matching.max(by: { $0.words.count < $1.words.count }) else {
            throw .usage("unknown command")
        }
        // Groups of commands and the program itself have no words of their own but names.
        if let word = words.dropFirst(topic.words.count).first, topic.isGroup {
            let known = Self.allCases.filter { $0.words.count == topic.words.count + 1 }
                .filter { $0.words.starts(with: topic.words) }.compactMap(\.words.last)
            let guess = NearestWord.guess(word, among: known).map { " (did you mean \($0)?)" } ?? ""
            throw .usage("unknown command \"\(word)\"\(guess)\n\n\(topic.text)")
        }
        self = topic
    }

    private var isGroup: Bool {
        switch self {
        case .program, .token, .config, .secrets: true
        case .status, .nodes, .groups, .shards, .chat, .user, .userImport, .tokenIssue,
            .configCheck, .configShow, .secretsCreate:
            false
        }
    }

    public var words: [String] {
        switch self {
        case .program: []
        case .status: ["status"]
        case .nodes: ["nodes"]
        case .groups: ["groups"]
        case .shards: ["shards"]
        case .chat: ["chat"]
        case .user: ["user"]
        case .userImport: ["user", "import"]
        case .token: ["token"]
        case .tokenIssue: ["token", "issue"]
        case .config: ["config"]
        case .configCheck: ["config", "check"]
        case .configShow: ["config", "show"]
        case .secrets: ["secrets"]
        case .secretsCreate: ["secrets", "create"]
        }
    }
}

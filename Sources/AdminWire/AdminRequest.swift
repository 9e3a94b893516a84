public import Toolbox
public import Vocabulary

/// What an operator, or a probe, asks of a node.
public enum AdminRequest: Hashable, Sendable {
    /// Does the process run its turns?
    case health
    /// Does it serve clients?
    case readiness
    case metrics
    case status
    case nodes
    /// The copies on this node; `digests` costs a walk over the whole state of each.
    case groups(digests: Bool)
    case shards
    case chat(ChatID)
    case user(UserReference)
    /// A node of the coordination tree, linearizably.
    case znode(ZnodeQuestion)
    /// The coordination service's sessions, linearizably.
    case sessions
    /// The ring as the node has read it last; `runs` names the owner of every arc.
    case ring(runs: Bool)
    case ringOwner(UserReference)
    /// Who shall keep which groups and who does, as the node has read and heard it last.
    case placement
    case importUser(UserImport)
    case issueToken(TokenRequest)
    /// Another leader, or another set of copies. Only the group's leader can.
    case changeGroup(ReplicaGroupID, GroupChange)

    public enum UserReference: Hashable, Sendable {
        case id(UserID)
        case name(String)
    }

    public enum Method: String, Hashable, Sendable {
        case get = "GET"
        case post = "POST"
    }

    public enum Refusal: Error, Hashable, Sendable {
        /// 404.
        case unknownPath
        /// 405.
        case otherMethod(Method)
        /// 400.
        case malformed(AdminFailure)
    }

    /// Whether it is answered without the admin token: probes carry none, and learn nothing else.
    public var isOpen: Bool {
        switch self {
        case .health, .readiness: true
        case .metrics, .status, .nodes, .groups, .shards, .chat, .user, .znode, .sessions,
            .ring, .ringOwner, .placement, .importUser, .issueToken, .changeGroup:
            false
        }
    }

    public var method: Method {
        switch self {
        case .importUser, .issueToken, .changeGroup: .post
        case .health, .readiness, .metrics, .status, .nodes, .groups, .shards, .chat, .user,
            .znode, .sessions, .ring, .ringOwner, .placement:
            .get
        }
    }

    /// The path and query of this request, as it goes over the wire.
    public var target: String {
        switch self {
        case .health: "/healthz"
        case .readiness: "/readyz"
        case .metrics: "/metrics"
        case .status: "/admin/v1/status"
        case .nodes: "/admin/v1/nodes"
        case .groups(let digests): "/admin/v1/groups" + (digests ? "?digests=true" : "")
        case .shards: "/admin/v1/shards"
        case .chat(let chat): "/admin/v1/chats/\(chat.digits)"
        case .user(.id(let user)): "/admin/v1/users/\(user.digits)"
        case .user(.name(let name)): "/admin/v1/users?name=\(PercentText.encode(name))"
        case .znode(let question): "/admin/v1/znodes?\(question.query)"
        case .sessions: "/admin/v1/sessions"
        case .ring(let runs): "/admin/v1/ring" + (runs ? "?arcs=1" : "")
        case .ringOwner(.id(let user)): "/admin/v1/ring/owner?user=\(user.digits)"
        case .ringOwner(.name(let name)):
            "/admin/v1/ring/owner?name=\(PercentText.encode(name))"
        case .placement: "/admin/v1/placement"
        case .importUser: "/admin/v1/users"
        case .issueToken: "/admin/v1/tokens"
        case .changeGroup(let group, _): "/admin/v1/groups/\(group.digits)/change"
        }
    }

    /// What is sent behind the head; empty for questions.
    public var body: Bytes {
        switch self {
        case .importUser(let account): account.encoded()
        case .issueToken(let request): request.encoded()
        case .changeGroup(_, let change): change.encoded()
        case .health, .readiness, .metrics, .status, .nodes, .groups, .shards, .chat, .user,
            .znode, .sessions, .ring, .ringOwner, .placement:
            Bytes()
        }
    }

    /// Reads a request back from what arrived.
    ///
    /// - Parameter target: path and query, still percent-encoded.
    public init(method: String, target: String, body: Bytes) throws(Refusal) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let query = parts.count == 2 ? String(parts[1]) : ""
        let request = try Self.read(
            path: String(parts[0]), query: query, isPost: method == Method.post.rawValue, body)
        guard request.method.rawValue == method else { throw .otherMethod(request.method) }
        self = request
    }

    private static func read(
        path: String, query: String, isPost: Bool, _ body: Bytes
    ) throws(Refusal) -> AdminRequest {
        switch path {
        case "/healthz": return .health
        case "/readyz": return .readiness
        case "/metrics": return .metrics
        case "/admin/v1/status": return .status
        case "/admin/v1/nodes": return .nodes
        case "/admin/v1/groups": return .groups(digests: query == "digests=true")
        case "/admin/v1/shards": return .shards
        case "/admin/v1/sessions": return .sessions
        case "/admin/v1/ring": return .ring(runs: query == "arcs=1")
        case "/admin/v1/ring/owner": return .ringOwner(try user(in: query))
        case "/admin/v1/placement": return .placement
        case "/admin/v1/znodes": return .znode(try question(query))
        case "/admin/v1/tokens": return .issueToken(try shape(of: body))
        case "/admin/v1/users" where isPost: return .importUser(try shape(of: body))
        case "/admin/v1/users":
            return .user(.name(try name(in: query)))
        default: return try readIdentified(path, body)
        }
    }

    private static func readIdentified(
        _ path: String, _ body: Bytes
    ) throws(Refusal) -> AdminRequest {
        if let rest = path.dropping(prefix: "/admin/v1/groups/"), rest.hasSuffix("/change") {
            guard let group = ReplicaGroupID(digits: String(rest.dropLast(7))) else {
                throw .malformed(.invalidField("group", expected: "decimal digits"))
            }
            return .changeGroup(group, try shape(of: body))
        }
        if let digits = path.dropping(prefix: "/admin/v1/chats/") {
            guard let chat = ChatID(digits: digits) else {
                throw .malformed(.invalidField("chat", expected: "decimal digits"))
            }
            return .chat(chat)
        }
        if let text = path.dropping(prefix: "/admin/v1/users/") {
            return .user(try user(text))
        }
        throw .unknownPath
    }

    /// An id or a name; a name made of digits alone is taken for an id.
    private static func user(_ text: String) throws(Refusal) -> UserReference {
        if let user = UserID(digits: text) { return .id(user) }
        guard let name = PercentText.decode(text) else {
            throw .malformed(.invalidField("user", expected: "an id or a name"))
        }
        return .name(name)
    }

    private static func user(in query: String) throws(Refusal) -> UserReference {
        if let text = query.dropping(prefix: "user=") { return try user(text) }
        return .name(try name(in: query))
    }

    private static func name(in query: String) throws(Refusal) -> String {
        guard let text = query.dropping(prefix: "name="), let name = PercentText.decode(text)
        else { throw .malformed(.invalidField("name", expected: "in the query")) }
        return name
    }

    private static func question(_ query: String) throws(Refusal) -> ZnodeQuestion {
        do throws(AdminFailure) {
            return try ZnodeQuestion(query: query)
        } catch {
            throw .malformed(error)
        }
    }

    private static func shape<Shape: AdminShape>(of body: Bytes) throws(Refusal) -> Shape {
        do throws(AdminFailure) {
            return try Shape.decode(body)
        } catch {
            throw .malformed(error)
        }
    }
}

extension String {
    fileprivate func dropping(prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}

import AdminWire
import ChatWire
import ClusterNode
import Gateway
import HTTPWire
import Testing
import Placement
import Toolbox
import Vocabulary
import WebSocketWire

/// One connection of a client to a node.
struct Socket: Hashable {
    var node: Int
    var connection: ConnectionID
}

/// Somebody with an account, logged in.
struct Person: Hashable {
    var user: UserID
    var token: Bytes
    /// The node where his devices meet.
    var home: Int
}

enum ClientFailure: Error {
    case noAnswer(String)
    case status(Int, String)
    case noUpgrade
}

/// HTTP, as apps and operators speak it.
extension Cluster {
    mutating func connect(_ node: Int, _ listener: ClientListener = .chat) -> Socket {
        let socket = Socket(node: node, connection: nextConnection())
        tell(node, .clientConnected(socket.connection, listener))
        return socket
    }

    mutating func send(_ bytes: Bytes, on socket: Socket) {
        tell(socket.node, .clientReceived(socket.connection, bytes))
    }

    /// Sends a request without waiting for its answer.
    mutating func begin(
        _ route: APIRoute, _ body: Bytes = Bytes(), by person: Person? = nil, at node: Int
    ) throws -> Socket {
        let socket = connect(node)
        var headers = HTTPHeaders()
        if let token = person?.token.text { headers.append("Authorization", "Bearer \(token)") }
        let method = try #require(HTTPMethod(rawValue: "\(route.method)"))
        let target = try HTTPTarget(try #require(route.target.text))
        let request = HTTPRequest(
            method: method, target: target, host: "node", headers: headers, body: body)
        send(request.encoded(), on: socket)
        return socket
    }

    /// The answer on a connection, if it is there; stays there.
    func answer(on socket: Socket) throws -> HTTPResponse? {
        guard let bytes = sent[socket.connection] else { return nil }
        var decoder = HTTPResponseDecoder()
        decoder.append(bytes)
        return try decoder.next()
    }

    /// Asks once the node serves, or long after it should, and lets time pass until the answer is
    /// there.
    mutating func call(
        _ route: APIRoute, _ body: Bytes = Bytes(), by person: Person? = nil, at node: Int
    ) throws -> HTTPResponse {
        _ = run { $0.serves(node) }
        let socket = try begin(route, body, by: person, at: node)
        _ = run { $0.sent[socket.connection] != nil }
        guard let response = try answer(on: socket) else {
            throw ClientFailure.noAnswer("\(route)")
        }
        return response
    }

    /// The same where anything but success is a failure.
    mutating func get<Answer: Body>(
        _ route: APIRoute, _ body: Bytes = Bytes(), by person: Person? = nil, at node: Int,
        as type: Answer.Type = Answer.self
    ) throws -> Answer {
        let response = try call(route, body, by: person, at: node)
        guard (200..<300).contains(response.status) else {
            throw ClientFailure.status(response.status, response.body.text ?? "")
        }
        return try Answer(decoding: response.body)
    }

    mutating func ask(
        _ request: AdminRequest, at node: Int, token: String? = "operators-token"
    ) throws -> HTTPResponse {
        let socket = connect(node, .admin)
        var headers = HTTPHeaders()
        if let token { headers.append("Authorization", "Bearer \(token)") }
        let method = try #require(HTTPMethod(rawValue: request.method.rawValue))
        send(
            HTTPRequest(
                method: method, target: try HTTPTarget(request.target), host: "node",
                headers: headers, body: request.body
            ).encoded(), on: socket)
        _ = run { $0.sent[socket.connection] != nil }
        guard let response = try answer(on: socket) else {
            throw ClientFailure.noAnswer("\(request)")
        }
        return response
    }
}

/// What people do.
extension Cluster {
    mutating func register(_ name: String, at node: Int = 0) throws -> Person {
        let password: Bytes = "correct horse battery"
        let account: UserAnswer = try get(
            .createUser, UserRequest(name: name, password: password).encoded(), at: node)
        let session: SessionAnswer = try get(
            .openSession, SessionRequest(name: name, password: password).encoded(), at: node)
        return Person(
            user: account.user, token: session.token,
            home: Int(session.gateway.node.rawValue) - 1)
    }

    /// People with homes on different nodes: `persons[n]` has his on node n.
    mutating func registerOnePerHome() throws -> [Person] {
        var found: [Int: Person] = [:]
        var number = 0
        while found.count < nodes.count, number < 50 {
            number += 1
            let person = try register("person\(number)", at: number % nodes.count)
            found[person.home] = person
        }
        return try nodes.indices.map { try #require(found[$0]) }
    }

    mutating func createDirect(_ one: Person, _ other: Person, at node: Int) throws -> ChatID {
        let answer: ConversationAnswer = try get(
            .createChat, ConversationRequest.direct(with: other.user).encoded(), by: one, at: node)
        return answer.chat
    }

    mutating func createGroup(
        _ owner: Person, _ members: [Person], at node: Int
    ) throws -> ChatID {
        let request = ConversationRequest.group(GroupRequest(members: members.map(\.user)))
        let answer: ConversationAnswer = try get(
            .createChat, request.encoded(), by: owner, at: node)
        return answer.chat
    }

    func draft(_ number: UInt64, _ text: String) -> Bytes {
        let time = UInt64(Self.wallStart + now / 1_000_000)
        let id = ClientMessageID(high: time << 16 | 0x7000, low: 0x8000 << 48 | number)
        return MessageDraft(clientID: id, text: Bytes(text)).encoded()
    }

    mutating func post(
        _ number: UInt64, _ text: String, to chat: ChatID, by person: Person, at node: Int
    ) throws -> SendReceipt {
        try get(.postMessage(chat), draft(number, text), by: person, at: node)
    }

    mutating func texts(of chat: ChatID, by person: Person, at node: Int) throws -> [String] {
        let page: EntryPage = try get(
            .messages(chat, .after(.zero), limit: 200), by: person, at: node)
        return page.entries.compactMap { $0.text?.text }
    }

    func group(of chat: ChatID) -> ReplicaGroupID {
        nodes[0].plan.partitions.group(of: chat)
    }
}

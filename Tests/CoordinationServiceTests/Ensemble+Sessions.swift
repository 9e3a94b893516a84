import Toolbox
import Vocabulary
import ZooKeeperWire

// What most tests begin with.
extension Ensemble {
    /// A client with a new session; its number.
    mutating func connect(
        to node: Int = 0, timeoutMilliseconds: Int32 = 10_000,
        identities: [AccessIdentity] = []
    ) -> Int {
        let client = dial(node, identities: identities)
        greet(ConnectRequest(timeoutMilliseconds: timeoutMilliseconds), from: client)
        settle()
        return client
    }

    /// The same session over a new connection.
    mutating func reconnect(
        _ old: Int, to node: Int = 0, lastZxidSeen: Zxid = .zero,
        timeoutMilliseconds: Int32 = 10_000
    ) -> Int {
        let client = dial(node)
        greet(
            ConnectRequest(
                lastZxidSeen: lastZxidSeen, timeoutMilliseconds: timeoutMilliseconds,
                session: clients[old].session,
                password: clients[old].response?.password ?? Bytes()),
            from: client)
        settle()
        return client
    }

    /// Sends, settles, and gives the reply to this request, or else the last one that came.
    mutating func call(_ request: ZooKeeperRequest, from client: Int) throws -> Answer? {
        send(request, from: client)
        settle()
        return try clients[client].take().last?.answer
    }

    /// What a client heard, as words.
    mutating func heard(_ client: Int) throws -> [String] {
        settle()
        return try clients[client].take().map(\.sketch)
    }

    mutating func create(
        _ path: ZnodePath, _ mode: CreateMode = .persistent, data: Bytes? = "",
        from client: Int
    ) throws -> Answer? {
        try call(.create(CreateRequest(path: path, data: data, mode: mode)), from: client)
    }

    /// The text that a four-letter word is answered with.
    mutating func ask(_ word: Bytes, node: Int = 0) -> String {
        let client = dial(node, isAsking: true)
        deliver(word, from: client)
        settle()
        return clients[client].isClosed ? clients[client].text : "(not closed)"
    }
}

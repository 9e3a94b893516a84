import AdminWire
import ChatWire
import ClientCore
import Configuration
import HTTPWire
import SystemIO
import Toolbox
import Vocabulary

/// Makes the accounts and chats of a run.
struct Stage: ~Copyable {
    /// Nobody's: no password has this hash, since crypt(3) makes none with an empty rest.
    private static let lockedHash = "$y$j9T$"
    static let patience: Duration = .seconds(30)

    let cluster: BenchCluster
    let settings: LoadSettings
    private let prefix: String
    var pool: CallPool
    private var accountsCount = 0
    /// Nodes that answer.
    private var nodes: [NodeConfiguration] = []

    init(
        _ cluster: BenchCluster, _ settings: LoadSettings, seed: UInt64
    ) throws(BenchFailure) {
        self.cluster = cluster
        self.settings = settings
        prefix = "bench-\(String(seed & 0xFFFF_FFFF, radix: 36))-"
        pool = CallPool(poll: try EventPoll.made())
        nodes = cluster.configuration.nodes
    }

    mutating func populate() throws(BenchFailure) -> Population {
        try findNodes()
        var population = Population()
        population.senders = try makeSenders()
        try makeConversations(of: &population)
        return population
    }

    /// The nodes as they describe themselves, those that answer.
    mutating func nodeStatuses() throws(BenchFailure) -> [NodeStatus] {
        var calls: [PooledCall] = []
        for node in nodes { calls.append(try cluster.call(.nodes, to: node)) }
        let answers = try pool.perform(calls, patience: .seconds(2))
        var statuses: [NodeStatus] = []
        for answer in answers where answer != nil {
            statuses += try BenchCluster.decode(answer, of: "nodes") { bytes throws(AdminFailure) in
                try NodeStatus.decodeList(bytes)
            }
        }
        return statuses
    }

    private mutating func findNodes() throws(BenchFailure) {
        let alive = try nodeStatuses().map(\.node)
        nodes = nodes.filter { alive.contains($0.id) }
        guard !nodes.isEmpty else {
            throw .unreachable("no node answers on its admin port. Is the cluster running?")
        }
    }

    // MARK: Accounts

    private mutating func makeSenders() throws(BenchFailure) -> [Population.Person] {
        let count = settings.sendersCount
        guard settings.place == .leaders else { return try makePeople(count) }
        let leading = try leadersOfMessageGroups()
        var senders: [Population.Person] = []
        for _ in 0..<64 where senders.count < count {
            senders += try makePeople(count).filter { leading.contains($0.home) }
        }
        guard senders.count >= count else {
            throw .answer("no user is at home at a node that leads a group of chats")
        }
        return Array(senders.prefix(count))
    }

    mutating func makePeople(_ count: Int) throws(BenchFailure) -> [Population.Person] {
        let names = (0..<count).map { "\(prefix)\(accountsCount + $0)" }
        _ = try makeAccounts(count)
        var calls: [PooledCall] = []
        for (name, node) in zip(names, around(nodes, count)) {
            let request = TokenRequest(name: name, device: "chatbench")
            calls.append(try cluster.call(.issueToken(request), to: node))
        }
        var tokens: [IssuedToken] = []
        for answer in try pool.perform(calls, patience: Self.patience) {
            tokens.append(
                try BenchCluster.decode(answer, of: "token") { bytes throws(AdminFailure) in
                    try IssuedToken.decode(bytes)
                })
        }
        return try findHomes(tokens)
    }

    private mutating func makeAccounts(_ count: Int) throws(BenchFailure) -> [UserID] {
        var calls: [PooledCall] = []
        for node in around(nodes, count) {
            let name = "\(prefix)\(accountsCount)"
            accountsCount += 1
            let account = UserImport(name: name, displayName: name, hash: Self.lockedHash)
            calls.append(try cluster.call(.importUser(account), to: node))
        }
        var users: [UserID] = []
        for answer in try pool.perform(calls, patience: Self.patience) {
            users.append(
                try BenchCluster.decode(answer, of: "account") { bytes throws(AdminFailure) in
                    try UserImported.decode(bytes).user
                })
        }
        return users
    }

    private mutating func findHomes(
        _ tokens: [IssuedToken]
    ) throws(BenchFailure) -> [Population.Person] {
        var calls: [PooledCall] = []
        for (token, node) in zip(tokens, around(nodes, tokens.count)) {
            let call = HTTPCall(.gateway, token: Bytes(token.token))
            calls.append(try cluster.call(call, to: node.id))
        }
        var people: [Population.Person] = []
        let answers = try pool.perform(calls, patience: Self.patience)
        for (token, answer) in zip(tokens, answers) {
            let gateway: GatewayAnswer = try Self.decode(answer, of: "gateway")
            people.append(
                Population.Person(
                    user: token.user, token: Bytes(token.token), home: gateway.node))
        }
        return people
    }

    // MARK: Chats

    private mutating func makeConversations(
        of population: inout Population
    ) throws(BenchFailure) {
        var missing = (0..<settings.chats).map { $0 % population.senders.count }
        for _ in 0..<64 where !missing.isEmpty {
            let made = try makeChats(missing, &population)
            let leaders = settings.place == .leaders ? try leaders(of: made.map(\.chat)) : []
            var left: [Int] = []
            for (index, conversation) in made.enumerated() {
                let home = population.senders[conversation.sender].home
                if settings.place == .leaders, leaders[index] != home {
                    left.append(conversation.sender)
                } else {
                    population.conversations.append(conversation)
                }
            }
            missing = left
        }
        guard missing.isEmpty else {
            throw .answer("the groups' leaders leave no chat for some senders; try --at home")
        }
    }

    /// A new chat for each element of `senders`, an index, with somebody new.
    private mutating func makeChats(
        _ senders: [Int], _ population: inout Population
    ) throws(BenchFailure) -> [Population.Conversation] {
        if settings.isFanOut { return try makeGroups(senders, &population) }
        let isOnline = settings.receivers == .online
        let firstReceiver = population.receivers.count
        let others: [UserID]
        if isOnline {
            let people = try makePeople(senders.count)
            population.receivers += people
            others = people.map(\.user)
        } else {
            others = try makeAccounts(senders.count)
        }
        var calls: [PooledCall] = []
        for (sender, other) in zip(senders, others) {
            let person = population.senders[sender]
            let call = HTTPCall.createChat(.direct(with: other), token: person.token)
            calls.append(try cluster.call(call, to: person.home))
        }
        var made: [Population.Conversation] = []
        let answers = try pool.perform(calls, patience: Self.patience)
        for (index, answer) in answers.enumerated() {
            let chat: ConversationAnswer = try Self.decode(answer, of: "chat")
            made.append(
                Population.Conversation(
                    chat: chat.chat, sender: senders[index],
                    receiver: isOnline ? firstReceiver + index : nil))
        }
        return made
    }

    // MARK: Leaders

    private mutating func groups() throws(BenchFailure) -> [GroupStatus] {
        var calls: [PooledCall] = []
        for node in nodes { calls.append(try cluster.call(.groups(digests: false), to: node)) }
        var groups: [GroupStatus] = []
        for answer in try pool.perform(calls, patience: Self.patience) {
            groups += try BenchCluster.decode(answer, of: "groups") { bytes throws(AdminFailure) in
                try GroupStatus.decodeList(bytes)
            }
        }
        return groups.filter { $0.kind == .messages && $0.role == .leader }
    }

    private mutating func leadersOfMessageGroups() throws(BenchFailure) -> [NodeID] {
        try groups().map(\.node)
    }

    /// Who leads each chat's group; nil where nobody says.
    private mutating func leaders(of chats: [ChatID]) throws(BenchFailure) -> [NodeID?] {
        let groups = try groups()
        var calls: [PooledCall] = []
        for chat in chats {
            for node in nodes { calls.append(try cluster.call(.chat(chat), to: node)) }
        }
        let answers = try pool.perform(calls, patience: Self.patience)
        var leaders: [NodeID?] = []
        for index in chats.indices {
            let copies = answers[index * nodes.count..<(index + 1) * nodes.count]
            // A node without a copy answers 404; a copy that lags as well.
            guard let copy = copies.first(where: { $0?.status == 200 }) else {
                leaders.append(nil)
                continue
            }
            let status = try BenchCluster.decode(copy, of: "chat") { bytes throws(AdminFailure) in
                try ChatStatus.decode(bytes)
            }
            leaders.append(groups.first { $0.group == status.group }?.node)
        }
        return leaders
    }

    // MARK: Small things

    /// `count` nodes, one after the other, round and round.
    private func around(_ nodes: [NodeConfiguration], _ count: Int) -> [NodeConfiguration] {
        (0..<count).map { nodes[$0 % nodes.count] }
    }

    static func decode<Value: Body>(
        _ response: HTTPResponse?, of what: String
    ) throws(BenchFailure) -> Value {
        let body = try BenchCluster.body(of: response, what)
        do throws(FrameFailure) {
            return try Value(decoding: body)
        } catch {
            throw .answer("\(what): the answer cannot be read: \(error)")
        }
    }
}

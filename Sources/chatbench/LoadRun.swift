import ChatWire
import SystemIO
import Toolbox
import Vocabulary

/// Connects the clients of a population and keeps them sending: one thread, one poll.
struct LoadRun: ~Copyable {
    private static let connectPatience: Duration = .seconds(30)
    private static let drainPatience: Duration = .seconds(15)
    /// Clients that are on their way to a welcome at the same time.
    static let dialsMaximum = 64
    static let pingInterval: Duration = .seconds(15)
    static let redialPause: Duration = .milliseconds(100)

    let settings: LoadSettings
    let population: Population
    var poll: EventPoll
    let buffer = ReadBuffer()
    private var ready: [EventPoll.Ready] = []
    let connections: [LoadConnection]
    /// What sends to each conversation of the population.
    let templates: [SendTemplate]
    var random: SeededRandom

    var ledger: MessageLedger
    var tally = RunTally()
    var openCount = 0
    var dialsCount = 0
    /// Connections in `.waiting`.
    var waitingCount = 0
    var isSending = false
    var isMeasuring = false
    var outstandingCount = 0
    /// Messages that were refused for now, and when they are sent again.
    var repeats: [(number: UInt64, at: Instant)] = []
    private var pingAt: Instant

    private init(
        _ settings: LoadSettings, _ population: Population, connections: [LoadConnection],
        templates: [SendTemplate], poll: consuming EventPoll, seed: UInt64
    ) {
        self.settings = settings
        self.population = population
        self.connections = connections
        self.templates = templates
        self.poll = poll
        random = SeededRandom(seed: seed)
        let now = SystemClock.now()
        ledger = MessageLedger(
            seed: seed, start: now, text: BenchText(bytes: settings.textBytes))
        pingAt = now.monotonic + Self.pingInterval
        waitingCount = connections.count
    }

    /// A run of this population; nobody is connected yet.
    static func prepare(
        _ cluster: BenchCluster, _ settings: LoadSettings, _ population: Population, seed: UInt64
    ) throws(BenchFailure) -> LoadRun {
        LoadRun(
            settings, population, connections: try connections(cluster, settings, population),
            templates: try templates(cluster, settings, population),
            poll: try EventPoll.made(), seed: seed)
    }

    private static func connections(
        _ cluster: BenchCluster, _ settings: LoadSettings, _ population: Population
    ) throws(BenchFailure) -> [LoadConnection] {
        var connections: [LoadConnection] = []
        let chats = population.senders.indices.map { population.conversations(ofSender: $0) }
        for index in 0..<settings.connections {
            let sender = index % population.senders.count
            let person = population.senders[sender]
            let server = try cluster.clientAddress(of: settings.place.node(for: person))
            connections.append(
                LoadConnection(
                    index: index, token: person.token, conversations: chats[sender],
                    server: server, transport: settings.transport))
        }
        for person in population.receivers {
            let server = try cluster.clientAddress(of: person.home)
            connections.append(
                LoadConnection(
                    index: connections.count, token: person.token, conversations: [],
                    server: server, transport: .socket))
        }
        return connections
    }

    private static func templates(
        _ cluster: BenchCluster, _ settings: LoadSettings, _ population: Population
    ) throws(BenchFailure) -> [SendTemplate] {
        let text = BenchText(bytes: settings.textBytes)
        var templates: [SendTemplate] = []
        for conversation in population.conversations {
            guard settings.transport == .http else {
                templates.append(SendTemplate(frameTo: conversation.chat, text: text))
                continue
            }
            let sender = population.senders[conversation.sender]
            let server = try cluster.clientAddress(of: settings.place.node(for: sender))
            templates.append(
                SendTemplate(
                    postTo: conversation.chat, host: server.description, token: sender.token,
                    text: text))
        }
        return templates
    }

    // MARK: The course of a run

    /// Until every client was welcomed.
    mutating func connect() throws(BenchFailure) {
        let deadline = SystemClock.instant() + Self.connectPatience
        while openCount < connections.count {
            guard SystemClock.instant() < deadline else {
                throw .unreachable(
                    "only \(openCount) of \(connections.count) clients were welcomed in time")
            }
            try turn()
        }
    }

    /// Loads the cluster; `isMeasured` says whether what happens meanwhile counts.
    mutating func load(for duration: Duration, isMeasured: Bool) throws(BenchFailure) {
        let start = SystemClock.instant()
        isMeasuring = isMeasured
        if !isSending {
            isSending = true
            for connection in connections where !connection.isReceiver {
                for _ in 0..<settings.inFlight { sendNext(on: connection, at: start) }
                flush(connection)
            }
        }
        while SystemClock.instant() < start + duration { try turn() }
        isMeasuring = false
        if isMeasured { tally.duration = SystemClock.instant() - start }
    }

    /// Sends nothing new and waits for what is not acknowledged.
    mutating func drain() throws(BenchFailure) {
        isSending = false
        let deadline = SystemClock.instant() + Self.drainPatience
        while outstandingCount > 0, SystemClock.instant() < deadline { try turn() }
        tally.unansweredCount = outstandingCount
    }

    // MARK: One turn

    private mutating func turn() throws(BenchFailure) {
        do throws(SystemCallFailure) {
            let isWaiting = waitingCount > 0 || !repeats.isEmpty
            try poll.wait(timeout: .milliseconds(isWaiting ? 5 : 50), into: &ready)
        } catch {
            throw .unreachable(error.description)
        }
        for event in ready { try handle(event) }
        let now = SystemClock.instant()
        if waitingCount > 0 { dialWaiting(at: now) }
        if !repeats.isEmpty { sendRepeats(at: now) }
        if now >= pingAt {
            pingAt = now + Self.pingInterval
            for connection in connections where connection.transport == .socket {
                if connection.isOpen { ping(connection) }
            }
        }
    }

    private mutating func handle(_ event: EventPoll.Ready) throws(BenchFailure) {
        let connection = connections[Int(event.key & 0xFFFF_FFFF)]
        guard let link = connection.link, link.key == event.key else { return }
        if case .connecting = connection.phase {
            connected(connection, link)
        } else if event.isReadable || event.isBroken {
            try read(connection, link)
        }
        flush(connection)
    }

    private mutating func sendRepeats(at now: Instant) {
        let due = repeats.filter { $0.at <= now }
        guard !due.isEmpty else { return }
        repeats.removeAll { $0.at <= now }
        for (number, _) in due {
            guard let record = ledger.record(number) else { continue }
            let connection = connections[Int(record.connection)]
            // A connection that is being made sends everything that is unanswered once it stands.
            guard connection.isOpen else { continue }
            send(number, on: connection)
            flush(connection)
        }
    }
}

extension LoadSettings.Place {
    func node(for person: Population.Person) -> NodeID {
        switch self {
        case .home, .leaders: person.home
        case .node(let node): node
        }
    }
}

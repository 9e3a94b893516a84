import CSystem
public import ClusterNode
import Glibc
import LogStorage
public import SystemIO
import Toolbox
public import Vocabulary

/// Where a node listens, and where it finds the others.
public struct ShellSettings: Sendable {
    public var clientAddress: SocketAddress
    public var adminAddress: SocketAddress
    /// For clients of the coordination service.
    public var coordinationAddress: SocketAddress?
    public var peerAddress: SocketAddress
    public var peers: SortedMap<NodeID, SocketAddress>
    public var dataDirectory: Folder
    /// Of yescrypt: 1 to 11, each step twice the time.
    public var passwordCost: Int
    public var printsJSON: Bool

    public init(
        clientAddress: SocketAddress, adminAddress: SocketAddress,
        coordinationAddress: SocketAddress?, peerAddress: SocketAddress,
        peers: SortedMap<NodeID, SocketAddress>, dataDirectory: Folder, passwordCost: Int = 5,
        printsJSON: Bool = false
    ) {
        self.clientAddress = clientAddress
        self.adminAddress = adminAddress
        self.coordinationAddress = coordinationAddress
        self.peerAddress = peerAddress
        self.peers = peers
        self.dataDirectory = dataDirectory
        self.passwordCost = passwordCost
        self.printsJSON = printsJSON
    }
}

/// Carries a node's directives out: the only place where a node meets sockets, files and threads.
///
/// One thread waits for sockets and for workers, hands what came to the `NodeInstance`, and carries
/// out what it says when the turn ends.
public final class NodeShell {
    var node: NodeInstance
    let settings: ShellSettings
    let printer: ObservationPrinter
    var poll: EventPoll
    let buffer = ReadBuffer()
    let clientListener: ListeningSocket
    let adminListener: ListeningSocket
    let coordinationDoor: CoordinationDoor?
    let peerListener: ListeningSocket
    let signals: StopSignals
    let messages: Mailbox<ShellMessage>
    var lanes: DiskLanes
    let hashing: WorkBench
    let encoding: WorkBench
    private let lock: LockFile

    var connections = HashTable<ConnectionID, ShellConnection>()
    var directives: [NodeDirective] = []
    var handover = Handover<NodeDirective>()
    var dirty: [ShellConnection] = []
    var dirtyPeers: [ShellConnection] = []
    var dirtyHandover = Handover<ShellConnection>()
    /// Told to the node in the next turn.
    var backlogs: [ShellConnection] = []
    var lastAccepted: UInt64 = 1
    /// No descriptor was left: nothing is accepted before then.
    var acceptsAgainAt: Instant?
    var isFinished = false
    /// When the node wants to be told of the time, as it said at the end of the last turn.
    private var deadline: Instant?
    private var letters = ContiguousArray<ShellMessage>()
    var vitals = NodeVitals()

    /// Opens everything and recovers the node from its data directory. Call it on the first thread,
    /// before any other is started.
    public init(plan: NodePlan, settings: ShellSettings) throws(ShellFailure) {
        self.settings = settings
        printer = ObservationPrinter(node: plan.node, asJSON: settings.printsJSON)
        let files: StoredFiles
        do throws(SystemCallFailure) {
            signals = try StopSignals()
            lock = try Self.takeFolder(settings.dataDirectory)
            poll = try EventPoll()
            messages = try Mailbox()
            lanes = try DiskLanes(in: settings.dataDirectory, reporting: messages)
            let hasher = try PasswordHasher(cost: settings.passwordCost)
            hashing = try WorkBench(hasher: hasher, results: messages)
            encoding = try WorkBench(hasher: hasher, results: messages)
            files = try StoredFiles(in: settings.dataDirectory)
        } catch {
            throw .system(error)
        }
        node = try Self.recover(plan, files, into: &directives)
        // Last: nobody should wait at a door that opens after a long recovery, and peers take a
        // closed one for what it is.
        do throws(SystemCallFailure) {
            clientListener = try ListeningSocket(on: settings.clientAddress)
            adminListener = try ListeningSocket(on: settings.adminAddress)
            coordinationDoor = try CoordinationDoor(on: settings.coordinationAddress)
            peerListener = try ListeningSocket(on: settings.peerAddress)
        } catch {
            throw .system(error)
        }
    }

    /// Makes the data directory if need be, and keeps every other process out of it.
    private static func takeFolder(_ folder: Folder) throws(SystemCallFailure) -> LockFile {
        try folder.create()
        let path = folder.path(of: "lock")
        guard let lock = try LockFile.take(path) else {
            throw SystemCallFailure("flock", code: EWOULDBLOCK, subject: path)
        }
        return lock
    }

    private static func recover(
        _ plan: NodePlan, _ files: StoredFiles, into directives: inout [NodeDirective]
    ) throws(ShellFailure) -> NodeInstance {
        let now = SystemClock.now()
        // New in all likelihood; the log makes it larger than any that it has seen.
        let incarnation = Incarnation(UInt64(max(1, now.wall.milliseconds)))
        do throws(NodeStartFailure) {
            return try NodeInstance.start(
                plan, files: files, incarnation: incarnation, seed: SystemRandom.seed(), at: now,
                into: &directives)
        } catch {
            throw .node(error)
        }
    }

    // MARK: The loop

    /// Runs until the node is told to stop, or must.
    public func run() throws(ShellFailure) {
        do throws(SystemCallFailure) {
            try openEverything()
            var ready: [EventPoll.Ready] = []
            while !isFinished {
                try poll.wait(timeout: waitingTime, into: &ready)
                let turnStart = SystemClock.instant()
                try takeTurn(ready)
                vitals.longestTurn = max(vitals.longestTurn, SystemClock.instant() - turnStart)
            }
            flushAll()
        } catch {
            throw .system(error)
        }
    }

    private func openEverything() throws(SystemCallFailure) {
        vitals.pid = getpid()
        vitals.startedAt = SystemClock.instant()
        try poll.add(clientListener, key: Key.clients, for: .reading)
        try poll.add(adminListener, key: Key.admins, for: .reading)
        if let door = coordinationDoor {
            try poll.add(door.listener, key: Key.coordinationClients, for: .reading)
        }
        try poll.add(peerListener, key: Key.peers, for: .reading)
        try poll.add(messages.wakeUp, key: Key.mailbox, for: .reading)
        try poll.add(signals, key: Key.signals, for: .reading)
        _ = try WorkerThread.start(name: "hashing", hashing)
        _ = try WorkerThread.start(name: "encoding", urgency: .patient, encoding)
        try lanes.start()
        perform()
        deadline = Self.deadline(of: &node)
    }

    /// Keys of what is no connection: above all numbers of connections.
    enum Key {
        static let clients = UInt64.max
        static let admins = UInt64.max - 1
        static let peers = UInt64.max - 2
        static let mailbox = UInt64.max - 3
        static let signals = UInt64.max - 4
        static let coordinationClients = UInt64.max - 5
        static let lowest = coordinationClients
    }

    private var waitingTime: Duration? {
        guard backlogs.isEmpty, dirty.isEmpty, dirtyPeers.isEmpty, lanes.reports.isEmpty else {
            return .zero
        }
        var deadline = deadline
        if let again = acceptsAgainAt { deadline = deadline.map { min($0, again) } ?? again }
        if let id = draining.first, case .draining(let until) = connections[id]?.phase {
            deadline = deadline.map { min($0, until) } ?? until
        }
        return deadline.map { max(.zero, $0 - SystemClock.instant()) }
    }

    /// Connections that the node has closed and whose last bytes are leaving, in the order of
    /// their deadlines; some are gone by now.
    var draining: [ConnectionID] = []

    /// Workers and peers first: heartbeats must not wait behind a crowd of clients. Clients get
    /// 2 ms; what is left over is still readable in the next turn.
    private func takeTurn(_ ready: [EventPoll.Ready]) throws(SystemCallFailure) {
        tellBacklogs()
        for report in lanes.takeReports() { tell(ShellMessage(report).event) }
        for item in ready where item.key >= Key.lowest { try handleSpecial(item) }
        var hasClients = false
        for item in ready where item.key < Key.lowest {
            guard let connection = connections[ConnectionID(item.key)] else { continue }
            if connection.kind == .peer {
                handle(item, of: connection)
            } else {
                hasClients = true
            }
        }
        if hasClients { takeClients(ready) }
        endTurn()
    }

    private func takeClients(_ ready: [EventPoll.Ready]) {
        let budgetEnd = SystemClock.instant() + .milliseconds(2)
        var count = 0
        for item in ready where item.key < Key.lowest {
            guard let connection = connections[ConnectionID(item.key)], connection.kind != .peer
            else { continue }
            handle(item, of: connection)
            count += 1
            if count.isMultiple(of: 16), SystemClock.instant() > budgetEnd { break }
        }
    }

    private func endTurn() {
        var now = SystemClock.now()
        if let deadline, deadline <= now.monotonic {
            node.timeDidAdvance(to: now, into: &directives)
            now = SystemClock.now()
        }
        if let again = acceptsAgainAt, again <= now.monotonic { acceptAgain() }
        node.endTurn(at: now, into: &directives)
        perform()
        closeDrained(at: now.monotonic)
        deadline = Self.deadline(of: &node)
    }

    /// Looked up in place: reading a property of a class copies the value, and this one is large.
    private static func deadline(of node: inout NodeInstance) -> Instant? { node.nextDeadline }

    private func handleSpecial(_ item: EventPoll.Ready) throws(SystemCallFailure) {
        switch item.key {
        case Key.clients: accept(.chat)
        case Key.admins: accept(.admin)
        case Key.coordinationClients: accept(.coordination)
        case Key.peers: accept(.peer)
        case Key.signals:
            while try signals.next() != nil { tell(.shutdownRequested) }
        case Key.mailbox: takeMessages()
        default: unreachable("nothing has the key \(item.key)")
        }
    }

    private func takeMessages() {
        messages.drain(into: &letters)
        for message in letters {
            if case .storageCompleted(let token) = message, token.purpose == .log {
                lanes.completedElsewhere()
            }
            tell(message.event)
        }
        letters.removeAll(keepingCapacity: true)
    }

    /// The moment is read after the event: a pause between can not make an old moment answer a
    /// new request.
    func tell(_ event: NodeEvent) {
        node.handle(event, at: SystemClock.now(), into: &directives)
    }
}

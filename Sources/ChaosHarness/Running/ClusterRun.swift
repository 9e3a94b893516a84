import ClientCore
import HTTPWire
import Placement
import SystemIO
import Toolbox
import Vocabulary

/// A cluster of real processes with clients over real sockets, who write and note what they are
/// told.
///
/// Everything happens on one thread in `turn`; whoever waits for something takes turns until it is
/// there. A class, because turns are taken from many places of one run.
final class ClusterRun {
    let load: LoadPlan
    let files: ClusterFiles
    let loop: SocketLoop
    let nodes: [NodeProcess]
    var random: SeededRandom

    enum Owner {
        case device(Int, ConnectionID)
        case question(Int)
    }

    /// Who is told what happens to a socket.
    var owners: [UInt64: Owner] = [:]
    /// Questions under way: by their number, what came so far.
    var questions: [Int: (key: UInt64, decoder: HTTPResponseDecoder)] = [:]
    var answers: [Int: HTTPResponse?] = [:]

    var devices: [Device] = []
    /// When each device, by its index, wants to act.
    private var deadlines = DeadlineQueue<Int>()
    /// Chats and who is in them, as indices of devices.
    var members: SortedMap<ChatID, [Int]> = SortedMap()
    private(set) var isSending = false
    /// By number.
    var messages: [SentMessage] = []
    var answeredCount = 0
    var lastAnsweredAt = Instant(nanoseconds: 0)
    var deliveries = DeliveryRecord()
    /// Of devices that had been connected before.
    var reconnections: [Reconnection] = []
    /// Times without a connection that are over.
    var absences: [Absence] = []
    var violations: [Violation] = []
    private var nextCheckAt = Instant(nanoseconds: 0)

    private static let stuckMaximum = Duration.seconds(30)

    init(_ load: LoadPlan, _ files: ClusterFiles, chatnode: String) throws(ChaosFailure) {
        self.load = load
        self.files = files
        loop = try SocketLoop()
        random = SeededRandom(seed: load.seed)
        nodes = files.nodes.map {
            NodeProcess($0, program: chatnode, configuration: files.configuration)
        }
    }

    func say(_ text: String) { StandardError.write("chaos: \(text)\n") }

    func startNodes() throws(ChaosFailure) {
        for node in nodes { try node.start() }
        try waitForLeaders()
        say("\(nodes.count) nodes are up; every group has a leader")
    }

    // MARK: Turns

    /// Waits for what happens next, `until` at the latest, and lets everybody react.
    func turn(until: Instant) throws(ChaosFailure) {
        var deadline = min(until, nextCheckAt)
        if let earliest = deadlines.earliestNanoseconds {
            deadline = min(deadline, Instant(nanoseconds: earliest))
        }
        try loop.wait(until: deadline) { (key, event) throws(ChaosFailure) in
            switch self.owners[key] {
            case .device(let index, let connection):
                self.tell(index, connection, key, event)
                self.schedule(index)
            case .question(let number): self.tellQuestion(number, key, event)
            case nil: break
            }
        }
        guard !loop.isInterrupted else { throw .interrupted }
        let now = SystemClock.instant()
        var due: [Int] = []
        while let index = deadlines.popDue(atNanoseconds: now.nanoseconds) { due.append(index) }
        for index in due {
            advance(index)
            schedule(index)
        }
        guard now >= nextCheckAt else { return }
        nextCheckAt = now + .milliseconds(100)
        for node in nodes { try node.expectAlive() }
    }

    func schedule(_ index: Int) {
        if let deadline = nextDeadline(of: index) {
            deadlines.set(index, atNanoseconds: deadline.nanoseconds)
        } else {
            deadlines.cancel(index)
        }
    }

    /// Takes turns until `condition` holds.
    func wait(
        for what: String, within patience: Duration = .seconds(60), until condition: () -> Bool
    ) throws(ChaosFailure) {
        let end = SystemClock.instant() + patience
        while !condition() {
            guard SystemClock.instant() < end else {
                throw .waitedInVain("\(what), for \(patience)")
            }
            try pause(.milliseconds(20))
        }
    }

    /// Takes turns for a while.
    func pause(_ duration: Duration) throws(ChaosFailure) {
        let end = SystemClock.instant() + duration
        while SystemClock.instant() < end { try turn(until: end) }
    }

    // MARK: Sending

    func beginSending() {
        let start = SystemClock.instant()
        // Spread over the first interval, so that they do not send in step.
        let interval = Duration.seconds(1) * devices.count / load.sendsPerSecond
        for device in devices.indices {
            devices[device].sendAt = start + interval * random.below(1_000) / 1_000
        }
        isSending = true
        lastAnsweredAt = start
        for device in devices.indices { schedule(device) }
    }

    /// What was sent is still answered.
    func endSending() { isSending = false }

    var hasUnanswered: Bool { answeredCount < messages.count }

    /// - Throws: when nothing has been answered for long.
    func expectAnswers() throws(ChaosFailure) {
        guard SystemClock.instant() - lastAnsweredAt < Self.stuckMaximum else {
            throw .waitedInVain("an answer to \(messages.count - answeredCount) sends")
        }
    }

    // MARK: Ends

    /// Tells the node to end, and waits until it has.
    func stop(_ node: NodeProcess, within patience: Duration) throws(ChaosFailure) {
        try node.stop()
        let end = SystemClock.instant() + patience
        while try !node.hasStopped() {
            let now = SystemClock.instant()
            guard now < end else {
                throw .waitedInVain("the end of \(node.id), \(patience) after SIGTERM")
            }
            try turn(until: now + .milliseconds(2))
        }
    }

    /// Reads everything back, and compares it with what senders and devices were told.
    func check() throws(ChaosFailure) {
        try waitUntilCaughtUp()
        try waitUntilCopiesAgree()
        let readings = try readEverything()
        try compare(readings)
    }

    /// What came of the sends.
    var outcome: LoadReport {
        var report = LoadReport(messages)
        report.violations = violations
        report.delivered = deliveries.entriesCount
        report.disconnections = devices.reduce(0) { $0 + $1.disconnectionsCount }
        return report
    }

    /// In order of time.
    var acknowledgements: [AcknowledgementGaps.Acknowledgement] {
        var found: [AcknowledgementGaps.Acknowledgement] = []
        for message in messages {
            guard case .acknowledged(_, let at) = message.outcome else { continue }
            let group = files.partitions.group(of: message.chat)
            found.append(AcknowledgementGaps.Acknowledgement(at: at, group: group))
        }
        return found.sorted { $0.at < $1.at }
    }
}

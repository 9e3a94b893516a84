import ClientCore
import HTTPWire
import SystemIO
import Toolbox
import Vocabulary

/// One run of `chaos kills`: a cluster of real processes, clients over real sockets, and a hand
/// that kills leaders.
///
/// Everything happens on one thread in `turn`; whoever waits for something takes turns until it is
/// there. A class, because turns are taken from many places of one run.
final class KillRun {
    let plan: KillPlan
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
    /// Chats and who is in them, as indices of devices.
    var members: SortedMap<ChatID, [Int]> = SortedMap()
    var isSending = false
    /// By number.
    var messages: [SentMessage] = []
    var answeredCount = 0
    var lastAnsweredAt = Instant(nanoseconds: 0)
    var deliveries = DeliveryRecord()
    var violations: [Violation] = []
    var kills: [AcknowledgementGaps.Kill] = []
    /// Of transfers, in a row.
    var refusalsCount = 0
    var nextCheckAt = Instant(nanoseconds: 0)

    init(_ plan: KillPlan, _ files: ClusterFiles, chatnode: String) throws(ChaosFailure) {
        self.plan = plan
        self.files = files
        loop = try SocketLoop()
        random = SeededRandom(seed: plan.seed)
        nodes = files.nodes.map {
            NodeProcess($0, program: chatnode, configuration: files.configuration)
        }
    }

    /// The whole of it.
    func run() throws(ChaosFailure) -> KillReport {
        for node in nodes { try node.start() }
        try waitForLeaders()
        say("\(nodes.count) nodes are up; every group has a leader")
        try makeUsers()
        try makeChats()
        try connectDevices()
        try sendEverything()
        try killAll()
        try waitUntilCaughtUp()
        try waitUntilCopiesAgree()
        let readings = try readEverything()
        try compare(readings)
        return report()
    }

    func say(_ text: String) { StandardError.write("chaos: \(text)\n") }

    // MARK: Turns

    /// Waits for what happens next, `until` at the latest, and lets everybody react.
    func turn(until: Instant) throws(ChaosFailure) {
        var deadline = min(until, nextCheckAt)
        for device in devices.indices {
            deadline = min(deadline, nextDeadline(of: device) ?? until)
        }
        try loop.wait(until: deadline) { (key, event) throws(ChaosFailure) in
            switch self.owners[key] {
            case .device(let index, let connection):
                self.tell(index, connection, key, event)
            case .question(let number): self.tellQuestion(number, key, event)
            case nil: break
            }
        }
        guard !loop.isInterrupted else { throw .interrupted }
        let now = SystemClock.instant()
        for device in devices.indices {
            guard let deadline = nextDeadline(of: device), deadline <= now else { continue }
            advance(device)
        }
        guard now >= nextCheckAt else { return }
        nextCheckAt = now + .milliseconds(100)
        for node in nodes { try node.expectAlive() }
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
            try turn(until: end)
        }
    }

    /// Takes turns for a while.
    func pause(_ duration: Duration) throws(ChaosFailure) {
        let end = SystemClock.instant() + duration
        while SystemClock.instant() < end { try turn(until: end) }
    }
}

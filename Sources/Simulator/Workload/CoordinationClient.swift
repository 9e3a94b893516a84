import Toolbox
import VirtualWorld
import Vocabulary
import ZooKeeperWire

/// One client of the coordination service: one session after another, each over many connections.
struct CoordinationClient: Sendable {
    enum Stage: Sendable {
        /// Without a connection.
        case away(until: WorldTime)
        case dialling(until: WorldTime)
        case greeting(until: WorldTime)
        case open
        /// It has closed its session for good.
        case gone
    }

    let index: Int
    /// Behind the chat's clients.
    let place: Int
    var random: SeededRandom
    var stage: Stage
    var connection = ConnectionID(0)
    var lastConnection: UInt64 = 0
    var decoder = ZooKeeperReplyDecoder()
    var session: ConnectResponse?
    var lastXid: Int32 = 0
    var sent = FirstInFirstOut<CoordinationRequestSent>()
    var order = SessionOrder()
    var watches = WatchBeforeData()
    /// Data's versions as it saw them last, for writes that ask for one.
    var versions: [ZnodePath: Int32] = [:]
    /// Names that the service numbered.
    var numbered: [ZnodePath] = []
    /// To be asked as soon as there is a session, one after another.
    var errands: [ZooKeeperRequest] = []
    var heardAt = WorldTime.start
    var spokeAt = WorldTime.start
    var nextOperation = WorldTime.start
    /// It does nothing before: not even answer.
    var sleepsUntil = WorldTime.start
    /// What came while it slept.
    var unread: [Delivery] = []
    var wakesAt: WorldTime?
    var isResting = false
    var isLeaving = false
    /// The connection over which it pretends to be another, and that one's session.
    var disguise: (connection: ConnectionID, session: CoordinationSessionID)?
    var disguiseDecoder = ZooKeeperReplyDecoder()

    init(index: Int, place: Int, random: SeededRandom) {
        self.index = index
        self.place = place
        self.random = random
        stage = .away(until: .start)
    }

    /// It waits for nothing.
    var isIdle: Bool {
        switch stage {
        case .open: sent.isEmpty && errands.isEmpty && !isLeaving
        case .gone: true
        case .away, .dialling, .greeting: false
        }
    }

    var timeout: Int64 {
        Int64(session?.timeoutMilliseconds ?? 2_000) * Nanoseconds.millisecond
    }

    func endpoint(of channel: ClientChannel, _ connection: ConnectionID) -> Endpoint {
        channel.endpoint(place, connection)
    }

    mutating func nextConnection() -> ConnectionID {
        lastConnection += 1
        return ConnectionID(lastConnection)
    }

    mutating func nextXid() -> Xid {
        lastXid += 1
        return Xid(lastXid)
    }

    /// The session is over: nothing of it is left.
    mutating func forgetSession() {
        session = nil
        order = SessionOrder()
        watches = WatchBeforeData()
        numbered = []
    }
}

/// What the clients of the coordination service did in a run.
public struct CoordinationCounters: Hashable, Sendable {
    /// Requests that were answered.
    public internal(set) var answersCount = 0
    /// Sessions opened, and of those how many were expired.
    public internal(set) var sessionsCount = 0
    public internal(set) var expiriesCount = 0
    /// Connections to which a session moved.
    public internal(set) var movesCount = 0
    public internal(set) var eventsCount = 0
}

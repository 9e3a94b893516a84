import Coordination
import Toolbox
import Vocabulary
import ZooKeeperWire

/// One client's socket: what it sent, what it is owed, and what it watches.
///
/// ```
/// fresh ──handshake──▶ waiting ──leader, state──▶ opening ──applied──▶ open ──▶ closed
///   └──word──▶ asked                                └──refused──▶ closed
/// ```
struct ClientConnection: Sendable {
    enum Stage: Sendable {
        case fresh
        /// A four-letter word is being answered.
        case asked
        /// For a leader, or for this node to know what the client has seen.
        case waiting(ConnectRequest, since: Instant)
        case opening(ConnectRequest)
        case open
    }

    let id: ConnectionID
    /// `127.0.0.1:36880`, for people.
    let address: Bytes
    /// `127.0.0.1`
    let host: Bytes
    var isLive = true
    var stage = Stage.fresh
    var decoder: ZooKeeperFrameDecoder
    var output = ByteWriter()
    var isDirty = false
    var queue = RequestQueue()
    /// Of the last command proposed.
    var sequence: Int32 = 0
    /// Of the last command proposed that is unanswered: the leader's number as counted here.
    var reign: UInt64 = 0
    var isAwaitingBarrier = false
    /// Its socket is full.
    var isChoked = false
    var isPaused = false
    var session = CoordinationSessionID.none
    var timeoutMilliseconds: Int32 = 0
    var identities: [AccessIdentity]
    /// A session of this node alone, while no leader is heard.
    var isReadOnly = false
    /// Reads are served without a barrier.
    var readsLocally = false
    var sasl: DigestExchange?
    var watches: [ZnodePath: WatchKinds] = [:]
    /// A ping waits for a leader to be heard; one answer is enough for any number.
    var isPingHeld = false
    var startedAt: Instant
    var heardAt: Instant
    /// Whether it was heard since the leader was told.
    var isHeard = false
    var counters: ConnectionCounters

    init(
        _ id: ConnectionID, address: Bytes, host: Bytes, identities: [AccessIdentity],
        at moment: Moment
    ) {
        self.id = id
        self.address = address
        self.host = host
        self.identities = identities
        decoder = ZooKeeperFrameDecoder()
        startedAt = moment.monotonic
        heardAt = moment.monotonic
        counters = ConnectionCounters(establishedAt: moment.wall)
    }

    /// What stands in a free slot.
    static var vacant: ClientConnection {
        var connection = ClientConnection(
            ConnectionID(0), address: Bytes(), host: Bytes(), identities: [],
            at: Moment(monotonic: Instant(nanoseconds: 0), wall: WallTime(milliseconds: 0)))
        connection.isLive = false
        return connection
    }

    var isOpen: Bool {
        if case .open = stage { true } else { false }
    }

    var takesRequests: Bool {
        switch stage {
        case .fresh, .waiting, .opening, .open: true
        case .asked: false
        }
    }

    /// The next number of a command.
    mutating func nextSequence() -> Int32 {
        sequence &+= 1
        return sequence
    }
}

import PeerWire
import Toolbox
import Vocabulary

/// One channel to one peer.
///
///     idle ──dial──▶ dialing ──connected──▶ greeting ──welcomed──▶ open
///       ▲               │failed                │refused, late         │closed
///       └───retryAt─────┴──────────────────────┴──────────────────────┘
///
/// The node with the smaller id dials; the other one only probes, to learn whether the peer's
/// process is gone.
struct PeerLink: Sendable {
    enum State: Sendable {
        case idle(retryAt: Instant)
        case dialing(ConnectionID)
        /// The dialer has sent its hello, or the acceptor its challenge.
        case greeting(ConnectionID, Greeting)
        case open(ConnectionID, peer: Incarnation)
    }

    struct Greeting: Sendable {
        var deadline: Instant
        var ownNonce: PeerNonce
        var peer: Incarnation
        var peerNonce = PeerNonce(high: 0, low: 0)
    }

    let peer: NodeID
    let channel: PeerChannel
    /// Whether this node is the one that dials.
    let dials: Bool
    var state: State
    /// With whom the link was open last.
    var lastPeer: Incarnation?
    /// Nobody listened there since the link was open last; told once.
    var isFoundGone = false
    /// When the side that does not dial looks again whether somebody listens.
    var probeAt: Instant?
    /// Dials or probes in a row that led to nothing; the next waits longer.
    var failures = 0
    var decoder = PeerFrameDecoder()
    var sequence: UInt64 = 0
    /// Bytes that the present connection's socket has not taken.
    var backlogBytes = 0

    var connection: ConnectionID? {
        switch state {
        case .idle: nil
        case .dialing(let connection): connection
        case .greeting(let connection, _): connection
        case .open(let connection, _): connection
        }
    }

    var isOpen: Bool {
        if case .open = state { true } else { false }
    }

    var nextDeadline: Instant? {
        switch state {
        case .idle(let retryAt): dials ? retryAt : probeAt
        case .dialing, .open: nil
        case .greeting(_, let greeting): greeting.deadline
        }
    }

    mutating func nextSequence() -> UInt64 {
        sequence += 1
        return sequence
    }
}

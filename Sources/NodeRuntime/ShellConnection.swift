import ClusterNode
import SystemIO
import Toolbox
import Vocabulary

/// One socket of the node's thread, and what waits to leave through it.
///
/// A class, because it owns a descriptor and is found by its number: see the page of this room.
final class ShellConnection {
    enum Kind { case chat, admin, coordination, peer }

    enum Phase {
        /// Dialled; whether somebody answers is not known.
        case connecting
        case open
        /// Closed by the node: what waits still leaves.
        case draining(until: Instant)
    }

    let id: ConnectionID
    let kind: Kind
    let socket: StreamSocket
    var phase: Phase
    var queue = SendQueue()
    /// Something was appended since the last flush.
    var isDirty = false
    /// The poll waits for the socket to take bytes.
    var awaitsWriting: Bool
    /// The node wants nothing more of it for a while.
    var isPaused = false
    /// The last backlog told to the node.
    var toldBacklog = 0

    init(id: ConnectionID, kind: Kind, socket: consuming StreamSocket, phase: Phase) {
        self.id = id
        self.kind = kind
        self.socket = socket
        self.phase = phase
        if case .connecting = phase { awaitsWriting = true } else { awaitsWriting = false }
    }

    var isDraining: Bool {
        if case .draining = phase { true } else { false }
    }

    var isConnecting: Bool {
        if case .connecting = phase { true } else { false }
    }
}

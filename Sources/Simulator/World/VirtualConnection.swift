import PeerWire
import Toolbox
import Vocabulary
import VirtualWorld

/// One connection: its two ends, and for a stream what is on its way in each direction.
struct VirtualConnection: Sendable {
    enum State: Sendable { case dialling, open, closed }

    /// Something on its way in a stream.
    enum Item: Sendable {
        case bytes(Bytes)
        case end
    }

    struct Due: Sendable {
        var time: WorldTime
        var item: Item
    }

    struct End: Sendable {
        var endpoint: Endpoint
        /// The process there has not closed it, nor been told that it is closed.
        var isOpen = true
        /// What this end has sent and the other has not received, in order.
        var outgoing = FirstInFirstOut<Due>()
        var outgoingBytes = 0
        /// Of the last item; nothing sent later arrives earlier.
        var lastDue = WorldTime.start
        var isPumping = false
        /// Nothing moves before this time.
        var stalledUntil = WorldTime.start
        /// The other end reads nothing.
        var isUnread = false
        /// The backlog that the process was last told of.
        var reportedBacklog = 0
    }

    let port: VirtualPort
    var state = State.dialling
    var dialler: End
    var acceptor: End

    /// Any frame may be lost, doubled, late; otherwise it is an ordered stream.
    var isLossy: Bool { port == .peer(.consensus) }

    subscript(side: Side) -> End {
        get { side == .dialler ? dialler : acceptor }
        _modify {
            if side == .dialler { yield &dialler } else { yield &acceptor }
        }
    }
}

enum Side: UInt8, Sendable {
    case dialler, acceptor
    var other: Side { self == .dialler ? .acceptor : .dialler }
}

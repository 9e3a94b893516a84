import ChatWire
import Toolbox
import Vocabulary

// Guests: clients that are connected here, while their home is another node. They are served, and
// sent to their home at the ring's leisure.
extension GatewayInstance {
    /// Once his home has a guest, it is time to think of sending him there: soon if it was the ring
    /// that moved him, and after a while if he came to the wrong node by himself.
    mutating func planDeparture(of connection: ConnectionID) {
        guard let socket = sockets[connection], mayDepart(connection, socket) else { return }
        switch socket.departure {
        case .queued, .told: return
        case .due where !socket.isDisplaced: return
        case .none, .due: break
        }
        if socket.isDisplaced {
            queueDeparture(of: connection)
            tellGuests()
        } else {
            sockets[connection]?.departure = .due(now.monotonic + settings.guestPatience)
            reschedule(connection)
        }
    }

    private func mayDepart(_ connection: ConnectionID, _ socket: SocketSession) -> Bool {
        guard settings.goawayPerSecondMaximum > 0, !isDraining else { return false }
        guard connections[connection]?.isOpen == true else { return false }
        return socket.link.home != node && socket.link.isAttached
            && !urls[socket.link.home, default: ""].isEmpty
    }

    mutating func queueDeparture(of connection: ConnectionID) {
        sockets[connection]?.departure = .queued
        guests.append(connection)
    }

    /// Tells those whose turn is near.
    mutating func tellGuests() {
        var looks = settings.reattachmentsPerTurnMaximum
        while looks > 0, let connection = guests.next(at: now.monotonic) {
            looks -= 1
            tellGuest(connection)
        }
    }

    private mutating func tellGuest(_ connection: ConnectionID) {
        guard let socket = sockets[connection], socket.departure == .queued else { return }
        guard mayDepart(connection, socket), let url = urls[socket.link.home] else {
            // At home again, or his home is lost: planned anew when he is attached.
            sockets[connection]?.departure = .none
            return
        }
        let wait = guests.takeTurn(at: now.monotonic)
        let jitter = max(1, Int(guests.room.nanoseconds / 1_000_000))
        let after = Int((wait.nanoseconds + 999_999) / 1_000_000) + random.below(jitter)
        sockets[connection]?.departure = .told
        sockets[connection]?.leavesWith = .wrongNode
        sockets[connection]?.leavesAt =
            now.monotonic + .milliseconds(after) + settings.goawayGrace
        counters.sentHome += 1
        send(
            .goaway(Goaway(reason: .ring, afterMilliseconds: after, url: url)), to: connection)
        reschedule(connection)
    }
}

import ChatWire
import Toolbox
import Vocabulary
import WebSocketWire

// The edge: sockets, what is read from them and sent to them, whatever they speak.
extension GatewayInstance {
    mutating func accept(_ connection: ConnectionID) {
        let isFull = connections.count >= settings.connectionsMaximum
        connections.insert(ClientConnection(settings, at: now.monotonic), as: connection)
        counters.connections = connections.count
        if isDraining {
            sendLast(
                status: 503, ErrorReport(GatewayFailure.notReady), to: connection)
        } else if isFull {
            counters.limited += 1
            sendLast(status: 503, ErrorReport(GatewayFailure.overloaded), to: connection)
        }
        reschedule(connection)
    }

    mutating func receive(_ bytes: Bytes, from connection: ConnectionID) {
        guard connections[connection]?.isClosing == false else { return }
        if let fits = connections[connection]?.http?.append(bytes) {
            guard fits else { return close(connection) }
            pumpRequests(connection)
        } else {
            connections[connection]?.socket?.decoder.append(bytes)
            pumpSocket(connection)
        }
    }

    mutating func forget(_ connection: ConnectionID) {
        leaveHome(connection)
        if connections[connection]?.socket?.isOpen == true { counters.sessions -= 1 }
        connections.remove(connection)
        counters.connections = connections.count
    }

    // MARK: - Sending

    mutating func send(_ bytes: Bytes, to connection: ConnectionID) {
        guard connections[connection]?.isClosing == false else { return }
        connections[connection]?.backlog.send(bytes.count, at: now.monotonic)
        directives.append(.send(connection, bytes))
    }

    /// The last thing that is done to a connection; what was sent before still leaves.
    mutating func close(_ connection: ConnectionID) {
        guard connections[connection]?.isClosing == false else { return }
        leaveHome(connection)
        if connections[connection]?.socket?.isOpen == true { counters.sessions -= 1 }
        connections[connection]?.isClosing = true
        connections[connection]?.http = nil
        connections[connection]?.socket = nil
        directives.append(.close(connection))
    }

    mutating func backlogChanged(_ connection: ConnectionID, queuedBytes: Int) {
        guard connections[connection]?.isClosing == false else { return }
        connections[connection]?.backlog.report(queued: queuedBytes, at: now.monotonic)
        guard connections[connection]?.socket?.isOpen == true else { return }
        if queuedBytes > settings.connectionQueueBytesMaximum {
            return closeSocket(connection, .tooSlow)
        }
        goOn(connection)
    }

    /// Takes up again what waited for the socket.
    mutating func goOn(_ connection: ConnectionID) {
        guard let home = connections[connection]?.socket?.link.home else { return }
        if home == node {
            flush(SessionKey(edge: node, connection: connection))
        } else {
            credit(connection)
        }
        pumpFrames(connection)
    }

    /// What is sent now may leave at once, and then nothing would tell that there is room again.
    mutating func wakeSoon(_ connection: ConnectionID) {
        // While bytes wait there, the next report will tell.
        guard connections[connection]?.backlog.reported == 0 else { return }
        connections[connection]?.wakeAt = now.monotonic + Self.wakeDelay
        reschedule(connection)
    }

    private static let wakeDelay: Duration = .milliseconds(5)

    /// Counts a request against the connection's rate.
    mutating func pass(_ connection: ConnectionID) -> RateLimit.Verdict {
        let verdict = connections[connection]?.rate.pass(at: now.monotonic) ?? .passed
        if verdict != .passed { counters.limited += 1 }
        return verdict
    }

    // MARK: - Deadlines

    mutating func reschedule(_ connection: ConnectionID) {
        guard let due = connections[connection]?.deadlineToSchedule(settings) ?? nil else { return }
        deadlines.insert(connection, at: due)
    }

    mutating func meetDeadlines() {
        while let due = deadlines.removeDue(at: now.monotonic) {
            let counts = connections[due.connection]?.wasWoken(at: due.at)
            guard counts == true else { continue }
            meetDeadline(of: due.connection)
            reschedule(due.connection)
        }
        startRefreshes()
    }

    private mutating func meetDeadline(of connection: ConnectionID) {
        guard let state = connections[connection], !state.isClosing,
            let due = state.deadline(settings), due <= now.monotonic
        else { return }
        if let since = state.backlog.stuckSince, since + settings.stuckSocket <= now.monotonic {
            guard state.socket == nil else { return closeSocket(connection, .tooSlow) }
            counters.tooSlow += 1
            return close(connection)
        }
        if let wakeAt = state.wakeAt, wakeAt <= now.monotonic {
            connections[connection]?.wakeAt = nil
            goOn(connection)
        }
        if let http = state.http {
            guard let late = http.deadline(settings), late <= now.monotonic else { return }
            guard http.isReceiving else { return close(connection) }
            sendLast(
                status: 408, ErrorReport(.malformed, "the request took too long"),
                to: connection)
        } else {
            meetSocketDeadline(of: connection)
        }
    }
}

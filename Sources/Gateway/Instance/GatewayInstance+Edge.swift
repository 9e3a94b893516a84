import ChatWire
import Toolbox
import Vocabulary
import WebSocketWire

// The edge: sockets, what is read from them and sent to them, whatever they speak.
extension GatewayInstance {
    mutating func accept(_ connection: ConnectionID) {
        let isFull = connections.count >= settings.connectionsMaximum
        connections.insert(ClientConnection(home: node, settings), as: connection)
        exchanges.insert(HTTPSession(at: now.monotonic), as: connection)
        counters.connections = connections.count
        if refusesAll {
            let failure: GatewayFailure = isFenced ? .noQuorum : .notReady
            sendLast(status: 503, ErrorReport(failure), to: connection)
        } else if isFull {
            counters.limited += 1
            sendLast(status: 503, ErrorReport(GatewayFailure.overloaded), to: connection)
        }
        reschedule(connection)
    }

    mutating func receive(_ bytes: Bytes, from connection: ConnectionID) {
        if let fits = exchanges.update(connection, { $0.append(bytes) }) {
            guard fits else { return close(connection) }
            pumpRequests(connection)
            reschedule(connection)
        } else {
            sockets.update(connection) { $0.decoder.append(bytes) }
            pumpSocket(connection)
        }
    }

    /// The connection is gone, or is to go. Nothing of it is kept.
    mutating func forget(_ connection: ConnectionID) {
        guard let state = connections[connection] else { return }
        leaveHome(connection)
        if state.isOpen { counters.sessions -= 1 }
        if state.scheduled != nil { deadlines.cancel(connection) }
        connections.remove(connection)
        exchanges.remove(connection)
        sockets.remove(connection)
        counters.connections = connections.count
    }

    // MARK: - Sending

    /// Small bytes are copied behind what leaves at the end of the turn; large ones are not.
    mutating func send(_ bytes: Bytes, to connection: ConnectionID) {
        guard bytes.count > Self.copiedBytesMaximum else {
            return write(to: connection) { $0.writeRaw(bytes) }
        }
        flushOutput(of: connection)
        let sent: Void? = connections[connection]?.backlog.send(bytes.count, at: now.monotonic)
        if sent != nil { directives.append(.send(connection, bytes)) }
    }

    /// Adds what `body` writes to what leaves at the end of the turn.
    mutating func write(to connection: ConnectionID, _ body: (inout ByteWriter) -> Void) {
        let now = now.monotonic
        let isFirst = connections.update(connection) { $0.write(at: now, body) }
        if isFirst == true { written.append(connection) }
    }

    /// What was written so far leaves in front of what follows.
    mutating func flushOutput(of connection: ConnectionID) {
        guard let bytes = connections.update(connection, { $0.takeOutput() }) ?? nil else {
            return
        }
        directives.append(.send(connection, bytes))
    }

    static let copiedBytesMaximum = 4 << 10

    /// The last thing that is done to a connection; what was sent before still leaves.
    mutating func close(_ connection: ConnectionID) {
        guard connections.contains(connection) else { return }
        flushOutput(of: connection)
        forget(connection)
        directives.append(.close(connection))
    }

    mutating func backlogChanged(_ connection: ConnectionID, queuedBytes: Int) {
        connections[connection]?.backlog.report(queued: queuedBytes, at: now.monotonic)
        guard connections[connection]?.isOpen == true else { return }
        if queuedBytes > settings.connectionQueueBytesMaximum {
            return closeSocket(connection, .tooSlow)
        }
        goOn(connection)
    }

    /// Takes up again what waited for the socket.
    mutating func goOn(_ connection: ConnectionID) {
        guard let home = connections[connection]?.home else { return }
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
        guard let state = connections[connection], state.isOpen, state.backlog.reported == 0 else {
            return
        }
        connections[connection]?.wakeAt = now.monotonic + Self.wakeDelay
        reschedule(connection)
    }

    private static let wakeDelay: Duration = .milliseconds(5)

    /// Counts a request against the connection's rate.
    mutating func pass(_ connection: ConnectionID) -> RateLimit.Verdict {
        let now = now.monotonic
        let verdict = connections.update(connection) { $0.rate.pass(at: now) } ?? .passed
        if verdict != .passed { counters.limited += 1 }
        return verdict
    }

    // MARK: - Deadlines

    /// To be called where a deadline may have come nearer. One that moved back is left as it is
    /// set: what is woken too early is set again, so that the busy path never comes here.
    mutating func reschedule(_ connection: ConnectionID) {
        guard let due = deadline(of: connection), let state = connections[connection] else {
            return
        }
        if let scheduled = state.scheduled, scheduled <= due { return }
        connections[connection]?.scheduled = due
        deadlines.set(connection, atNanoseconds: due.nanoseconds)
    }

    private func deadline(of connection: ConnectionID) -> Instant? {
        let parts = [
            connections[connection]?.deadline(settings), exchanges[connection]?.deadline(settings),
            sockets[connection]?.deadline(settings),
        ]
        return parts.compactMap { $0 ?? nil }.min()
    }

    mutating func meetDeadlines() {
        while let connection = deadlines.popDue(atNanoseconds: now.monotonic.nanoseconds) {
            connections[connection]?.scheduled = nil
            meetDeadline(of: connection)
            reschedule(connection)
        }
        if let goesOnAt = walk.goesOnAt, goesOnAt <= now.monotonic { walkOn() }
        tellGuests()
        startRefreshes()
    }

    private mutating func meetDeadline(of connection: ConnectionID) {
        guard let due = deadline(of: connection), due <= now.monotonic,
            let state = connections[connection]
        else { return }
        if let since = state.backlog.stuckSince, since + settings.stuckSocket <= now.monotonic {
            guard exchanges.contains(connection) else {
                return closeSocket(connection, .tooSlow)
            }
            counters.tooSlow += 1
            return close(connection)
        }
        if let wakeAt = state.wakeAt, wakeAt <= now.monotonic {
            connections[connection]?.wakeAt = nil
            goOn(connection)
        }
        if let exchange = exchanges[connection] {
            guard let late = exchange.deadline(settings), late <= now.monotonic else { return }
            guard exchange.isReceiving else { return close(connection) }
            let report = ErrorReport(.malformed, "the request took too long")
            sendLast(status: 408, report, to: connection)
        } else {
            meetSocketDeadline(of: connection)
        }
    }
}

import ChatWire
import HTTPWire
import Toolbox
import Vocabulary
import WebSocketWire

// WebSockets: the handshake, what is read, how they end.
extension GatewayInstance {
    /// `GET /v1/socket`: the connection becomes a WebSocket, or says why not.
    mutating func upgrade(_ request: HTTPRequest, for asker: Asker) -> Outcome? {
        let answer = WebSocketHandshake.answer(
            method: request.method.rawValue, subprotocols: ["rookery.v1"]
        ) { request.headers.values(of: $0) }
        guard case .exchange(let exchange) = asker.form else {
            return .refused(.unexpectedAnswer)
        }
        let connection = asker.connection
        switch answer {
        case .refused(let status, let what, let fields):
            var response = HTTPResponse(
                status: status, headers: ["Content-Type": "application/json"],
                body: ErrorReport(.malformed, what).encodedDocument())
            for field in fields { response.headers.append(field.name, field.value) }
            counters.refused += 1
            self.answer(exchange, with: response, on: connection)
        case .accepted(_, let fields):
            if let after = admission.pass(at: now.monotonic, &random) {
                counters.limited += 1
                var report = ErrorReport(GatewayFailure.overloaded)
                report.afterMilliseconds = after
                return .refused(report)
            }
            var response = HTTPResponse(status: 101)
            for field in fields { response.headers.append(field.name, field.value) }
            send(response.encoded(), to: connection)
            let rest = exchanges[connection]?.takeRemainder() ?? Bytes()
            exchanges.remove(connection)
            sockets.insert(
                SocketSession(edge: node, settings, at: now.monotonic), as: connection)
            reschedule(connection)
            receive(rest, from: connection)
        }
        return nil
    }

    mutating func pumpSocket(_ connection: ConnectionID) {
        while connections.contains(connection) {
            do throws(WebSocketFailure) {
                guard let message = try nextMessage(from: connection) else { return }
                take(message, from: connection)
            } catch {
                return endSocket(connection, code: error.closeCode, reason: error.what)
            }
        }
    }

    private mutating func nextMessage(
        from connection: ConnectionID
    ) throws(WebSocketFailure) -> WebSocketMessage? {
        let now = now.monotonic
        let next = try sockets.update(connection) { socket throws(WebSocketFailure) in
            let message = try socket.decoder.next()
            if message != nil { socket.heardAt = now }
            return message
        }
        return next ?? nil
    }

    private mutating func take(_ message: WebSocketMessage, from connection: ConnectionID) {
        switch message {
        case .text(let text):
            counters.frames += 1
            takeText(text, from: connection)
        case .binary:
            closeSocket(
                connection, .badFrame, after: ErrorReport(.malformed, "frames are text"))
        case .ping(let payload): send(WebSocketEncoder.pong(payload), to: connection)
        case .pong: break
        case .close(let code, _): endSocket(connection, code: code, reason: "")
        }
    }

    // MARK: - Sending

    mutating func send(_ frame: ServerFrame, to connection: ConnectionID) {
        write(to: connection) { output in
            WebSocketEncoder.writeText(into: &output) { frame.encode(into: &$0) }
        }
    }

    mutating func sendText(_ text: Bytes, to connection: ConnectionID) {
        write(to: connection) {
            WebSocketEncoder.writeHeader(opcode: .text, payloadCount: text.count, into: &$0)
        }
        send(text, to: connection)
    }

    /// A small entry is copied behind its number; a large one is sent from the bytes that all
    /// receivers share.
    mutating func sendEntry(push: UInt64, tail: Bytes, to connection: ConnectionID) {
        let count = EntryFrame.prefixCount(push: push) + tail.count
        let isCopied = tail.count <= Self.copiedBytesMaximum
        write(to: connection) { output in
            WebSocketEncoder.writeHeader(opcode: .text, payloadCount: count, into: &output)
            EntryFrame.write(push: push, copying: isCopied ? tail : Bytes(), into: &output)
        }
        if !isCopied { send(tail, to: connection) }
    }

    // MARK: - Ends

    /// Says why if there is something to say, then closes.
    mutating func closeSocket(
        _ connection: ConnectionID, _ code: ClientCloseCode, after report: ErrorReport? = nil,
        id: FrameID? = nil
    ) {
        if let report {
            counters.refused += 1
            send(.error(id: id, report), to: connection)
        }
        if code == .tooSlow { counters.tooSlow += 1 }
        endSocket(connection, code: code.rawValue, reason: "")
    }

    mutating func endSocket(_ connection: ConnectionID, code: UInt16?, reason: String) {
        send(WebSocketEncoder.close(code: code, reason: reason), to: connection)
        close(connection)
    }

    mutating func meetSocketDeadline(of connection: ConnectionID) {
        guard let socket = sockets[connection] else { return }
        let now = now.monotonic
        if let leavesAt = socket.leavesAt, leavesAt <= now {
            return closeSocket(connection, socket.leavesWith)
        }
        if case .due(let at) = socket.departure, at <= now { queueDeparture(of: connection) }
        switch socket.stage {
        case .greeting(let until):
            guard until <= now else { return }
            let report = ErrorReport(.unauthenticated, "no hello came in time")
            return closeSocket(connection, .noHello, after: report)
        case .joining(let joining):
            if let settlesAt = socket.settlesAt(joining, settings), settlesAt <= now {
                return settleWithoutHome(connection)
            }
        case .open: break
        }
        if socket.silentAt(settings) <= now {
            // Source: RFC 6455 §7.4.1 — 1001: the server gives the connection up.
            return endSocket(connection, code: 1001, reason: "no heartbeat")
        }
        meetLinkDeadline(of: connection)
    }

    // MARK: - Drain

    mutating func sendEverybodyAway() {
        guard !isDraining else { return }
        isDraining = true
        let leaving = connections.sortedKeys
        var departures = Departures(
            of: leaving.count { isServed($0) }, settings)
        drainDuration = departures.least
        for connection in leaving {
            sendAway(connection, &departures)
            reschedule(connection)
        }
    }

    /// Whether there is a client that can be told to leave.
    private func isServed(_ connection: ConnectionID) -> Bool {
        switch sockets[connection]?.stage {
        case .joining, .open: true
        case .greeting, nil: false
        }
    }

    private mutating func sendAway(_ connection: ConnectionID, _ departures: inout Departures) {
        if let exchange = exchanges[connection] {
            if !exchange.isAnswering { close(connection) }
        } else if let socket = sockets[connection] {
            if case .greeting = socket.stage { return closeSocket(connection, .restart) }
            let after = departures.next(&random)
            sockets[connection]?.departure = .told
            sockets[connection]?.leavesWith = .restart
            sockets[connection]?.leavesAt =
                now.monotonic + .milliseconds(after) + settings.goawayGrace
            send(.goaway(Goaway(reason: .restart, afterMilliseconds: after)), to: connection)
        }
    }
}

extension EntryFrame {
    /// Bytes that `write(push:tail:into:)` puts before the tail.
    static func prefixCount(push: UInt64) -> Int {
        var digits = 1
        var rest = push / 10
        while rest > 0 {
            digits += 1
            rest /= 10
        }
        return #"{"op":"entry","push":,"#.utf8.count + digits
    }
}

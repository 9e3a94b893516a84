import ChatWire
import Toolbox
import Vocabulary

// Making, losing and changing the connection.
extension ChatClientInstance {
    mutating func dial(
        _ address: ServerAddress?, at now: Moment, into directives: inout [ChatClientDirective]
    ) {
        lastConnection += 1
        let connection = ConnectionID(lastConnection)
        let address = address ?? settings.nodes[nodeIndex]
        self.address = address
        link = .connecting(connection, until: now.monotonic + settings.greetingTimeout)
        socket = ClientSocket(host: address.description, random: &random)
        directives.append(.connect(connection, address))
    }

    mutating func didConnect(
        _ connection: ConnectionID, at now: Moment, into directives: inout [ChatClientDirective]
    ) {
        guard case .connecting(connection, let until) = link, let socket else { return }
        link = .upgrading(connection, until: until)
        output.writeRaw(socket.request)
    }

    mutating func didClose(at now: Moment, into directives: inout [ChatClientDirective]) {
        if case .connecting = link {
            lose(.unreachable, at: now, into: &directives)
        } else {
            lose(.lost, at: now, into: &directives)
        }
    }

    mutating func receive(
        _ bytes: Bytes, on connection: ConnectionID, at now: Moment,
        into directives: inout [ChatClientDirective]
    ) {
        guard connection == currentConnection else { return }
        deadAt = nil
        socket?.append(bytes)
        // A frame may end the connection, and with it the rest of what was received.
        while connection == currentConnection {
            do throws(ClientSocketFailure) {
                guard let event = try socket?.next(into: &output, random: &random) else { return }
                receive(event, on: connection, at: now, into: &directives)
            } catch {
                leave(.garbled, at: now, into: &directives)
            }
        }
    }

    private mutating func receive(
        _ event: ClientSocket.Event, on connection: ConnectionID, at now: Moment,
        into directives: inout [ChatClientDirective]
    ) {
        switch event {
        case .upgraded: greet(on: connection)
        case .refused(let status, let report):
            didRefuseUpgrade(status: status, report, at: now, into: &directives)
        case .text(let text):
            do throws(FrameFailure) {
                receive(try ServerFrame.decode(text), at: now, into: &directives)
            } catch {
                leave(.garbled, at: now, into: &directives)
            }
        case .closed(let code): didReceiveClose(code: code, at: now, into: &directives)
        }
    }

    private mutating func greet(on connection: ConnectionID) {
        guard case .upgrading(connection, let until) = link else { return }
        link = .greeting(connection, until: until)
        var hello = Hello(id: .number(0), token: settings.token)
        hello.device = settings.device
        if let session { hello.resume = .from(session: session, push: lastPush) }
        write(.hello(hello))
    }

    mutating func welcome(
        _ welcome: Welcome, at now: Moment, into directives: inout [ChatClientDirective]
    ) {
        guard case .greeting(let connection, _) = link else { return }
        link = .open(connection)
        correctClock(by: welcome.time, at: now)
        if !welcome.isResumed || session != welcome.session {
            lastPush = 0
            acknowledgedPush = 0
            if settings.following != .pushes { catching = .due(at: now.monotonic) }
        }
        session = welcome.session
        heartbeat = max(
            .milliseconds(10),
            min(settings.heartbeatMaximum, .milliseconds(welcome.heartbeatMilliseconds)))
        pingAt = now.monotonic + heartbeat
        isBehind = settings.following != .pushes
        directives.append(.report(.welcomed(welcome)))
        pump(at: now.monotonic)
        catchUp(at: now.monotonic, into: &directives)
    }

    mutating func correctClock(by time: WallTime, at now: Moment) {
        clockOffsetMilliseconds = time.milliseconds - now.wall.milliseconds
    }

    // MARK: - Being refused

    private mutating func didRefuseUpgrade(
        status: Int, _ report: ErrorReport?, at now: Moment,
        into directives: inout [ChatClientDirective]
    ) {
        if let report { return didRefuse(report, at: now, into: &directives) }
        leave(status >= 500 ? .unavailable : .garbled, at: now, into: &directives)
    }

    /// The node does not take this client, now or at all.
    mutating func didRefuse(
        _ report: ErrorReport, at now: Moment, into directives: inout [ChatClientDirective]
    ) {
        switch report.code.retry {
        case .no: stop(.refused(report), at: now, into: &directives)
        case .same, .reconnect:
            leave(
                .refused(report), wait: .asked(milliseconds: report.afterMilliseconds), at: now,
                into: &directives)
        case .elsewhere:
            let address = report.url.flatMap(ServerAddress.init(url:))
            leave(.refused(report), to: address, at: now, into: &directives)
        }
    }

    private mutating func didReceiveClose(
        code: UInt16, at now: Moment, into directives: inout [ChatClientDirective]
    ) {
        switch ClientCloseCode(rawValue: code) {
        case .badFrame, .authenticationFailed, .sessionReplaced, .accountDisabled:
            stop(.closed(code: code), at: now, into: &directives)
        case .resumeLost:
            session = nil
            leave(.closed(code: code), at: now, into: &directives)
        case .rateLimited:
            leave(.closed(code: code), wait: settings.backoffMaximum, at: now, into: &directives)
        case .restart, .noHello, .tooSlow, .wrongNode, nil:
            leave(.closed(code: code), to: goaway?.to, at: now, into: &directives)
        }
    }

    // MARK: - Going

    /// Ends the connection from this side and tries another node, after a wait.
    mutating func leave(
        _ reason: Disconnection, to address: ServerAddress? = nil, wait: Duration = .zero,
        at now: Moment, into directives: inout [ChatClientDirective]
    ) {
        if let connection = currentConnection {
            flush(into: &directives)
            directives.append(.close(connection))
        }
        lose(reason, to: address, wait: wait, at: now, into: &directives)
    }

    /// The connection is gone: tries another node, after a wait.
    mutating func lose(
        _ reason: Disconnection, to address: ServerAddress? = nil, wait: Duration = .zero,
        at now: Moment, into directives: inout [ChatClientDirective]
    ) {
        forgetConnection()
        turnToNextNode()
        let wait = max(wait, backoff.fail(&random))
        link = .waiting(until: now.monotonic + wait, address)
        directives.append(.report(.disconnected(reason)))
    }

    /// Goes where the node asked to, without a wait: it was drawn there.
    mutating func followGoaway(
        to address: ServerAddress?, _ reason: Goaway.Reason, at now: Moment,
        into directives: inout [ChatClientDirective]
    ) {
        if let connection = currentConnection {
            flush(into: &directives)
            directives.append(.close(connection))
        }
        forgetConnection()
        turnToNextNode()
        directives.append(.report(.disconnected(.goneAway(reason))))
        dial(address, at: now, into: &directives)
    }

    mutating func stop(
        _ reason: Disconnection, at now: Moment, into directives: inout [ChatClientDirective]
    ) {
        if case .stopped = link { return }
        if let connection = currentConnection {
            socket?.writeClose(random: &random, into: &output)
            flush(into: &directives)
            directives.append(.close(connection))
        }
        forgetConnection()
        link = .stopped
        directives.append(.report(.stopped(reason)))
    }

    /// The next one that is not the one which was just left.
    private mutating func turnToNextNode() {
        nodeIndex = (nodeIndex + 1) % settings.nodes.count
        guard settings.nodes[nodeIndex] == address else { return }
        nodeIndex = (nodeIndex + 1) % settings.nodes.count
    }

    private mutating func forgetConnection() {
        link = .idle
        socket = nil
        output = ByteWriter()
        requests.removeAll()
        sends.restart()
        sendsDeadline = nil
        follower.restart()
        pageCursor = nil
        if case .asked = catching { catching = .due(at: Instant(nanoseconds: 0)) }
        fetchesPausedUntil = nil
        goaway = nil
        pingAt = nil
        deadAt = nil
    }
}

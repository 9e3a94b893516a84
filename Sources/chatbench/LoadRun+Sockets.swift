import HTTPWire
import SystemIO
import Toolbox
import Vocabulary
import WebSocketWire

/// From an address to a WebSocket, and again when it is lost.
extension LoadRun {
    private static let subprotocol = "rookery.v1"

    mutating func dialWaiting(at now: Instant) {
        for connection in connections where dialsCount < Self.dialsMaximum {
            if case .waiting(let until) = connection.phase, until <= now {
                dial(connection, at: now)
            }
        }
    }

    private mutating func dial(_ connection: LoadConnection, at now: Instant) {
        connection.generation += 1
        let key = connection.generation << 32 | UInt64(connection.index)
        var nonce = ByteWriter(reserving: 16)
        nonce.write(random.next())
        nonce.write(random.next())
        do throws(SystemCallFailure) {
            let link = LoadLink(
                key: key, socket: try StreamSocket.connect(to: connection.server),
                nonce: nonce.take(), isReceiver: connection.isReceiver)
            try poll.add(link.socket, key: key, for: [.reading, .writing])
            connection.link = link
            connection.phase = .connecting
            connection.lastPush = 0
            waitingCount -= 1
            dialsCount += 1
        } catch {
            connection.phase = .waiting(until: now + Self.redialPause)
        }
    }

    mutating func connected(_ connection: LoadConnection, _ link: LoadLink) {
        do throws(SystemCallFailure) {
            try link.socket.finishConnecting()
        } catch {
            return lost(connection)
        }
        switch connection.transport {
        case .http: opened(connection)
        case .socket: askForSocket(connection, link)
        }
    }

    private func askForSocket(_ connection: LoadConnection, _ link: LoadLink) {
        var headers = HTTPHeaders()
        let fields = WebSocketHandshake.requestFields(
            nonce: link.nonce, subprotocol: Self.subprotocol)
        for field in fields { headers.append(field.name, field.value) }
        do throws(HTTPFailure) {
            let request = HTTPRequest(
                method: .get, target: try HTTPTarget("/v1/socket"),
                host: connection.server.description, headers: headers)
            link.out.append(request.encoded())
            connection.phase = .upgrading
        } catch {
            unreachable("our own target: \(error)")
        }
    }

    mutating func read(
        _ connection: LoadConnection, _ link: LoadLink
    ) throws(BenchFailure) {
        let count: Int
        do throws(SystemCallFailure) {
            switch try link.socket.read(into: buffer) {
            case .wouldBlock: return
            case .ended: return lost(connection)
            case .read(let bytes): count = bytes
            }
        } catch {
            return lost(connection)
        }
        let now = SystemClock.instant()
        switch connection.phase {
        case .open where connection.transport == .http:
            buffer.withBytes(count) { link.answers.append($0) }
            try readAnswers(connection, link, at: now)
        case .upgrading:
            try upgrade(connection, link, by: buffer.bytes(count))
            try readFrames(connection, link, at: now)
        case .waiting, .connecting, .greeting, .open:
            buffer.withBytes(count) { link.frames.append($0) }
            try readFrames(connection, link, at: now)
        }
    }

    private mutating func upgrade(
        _ connection: LoadConnection, _ link: LoadLink, by bytes: Bytes
    ) throws(BenchFailure) {
        link.upgrade.append(bytes)
        do throws(HTTPFailure) {
            guard let response = try link.upgrade.next() else { return }
            let isOpened = WebSocketHandshake.isOpened(
                byStatus: response.status, nonce: link.nonce, subprotocol: Self.subprotocol,
                values: response.headers.values(of:))
            guard isOpened else { return lost(connection) }
        } catch {
            return lost(connection)
        }
        link.upgrade.takeRemainder().withUnsafeBytes { link.frames.append($0) }
        connection.phase = .greeting
        sayHello(on: connection)
    }

    /// Gives the connection up. What it was not answered is sent again on the next one.
    mutating func lost(_ connection: LoadConnection) {
        switch connection.phase {
        case .waiting: return
        case .connecting, .upgrading, .greeting: dialsCount -= 1
        case .open:
            openCount -= 1
            tally.reconnectsCount += 1
        }
        connection.link = nil
        connection.phase = .waiting(until: SystemClock.instant() + Self.redialPause)
        waitingCount += 1
    }

    mutating func flush(_ connection: LoadConnection) {
        guard let link = connection.link else { return }
        if case .connecting = connection.phase { return }
        do throws(SystemCallFailure) {
            if !link.out.isEmpty { try link.out.flush(to: link.socket) }
            guard link.awaitsWriting == link.out.isEmpty else { return }
            link.awaitsWriting.toggle()
            try poll.change(
                link.socket, key: link.key,
                to: link.awaitsWriting ? [.reading, .writing] : .reading)
        } catch {
            lost(connection)
        }
    }

    /// Source: RFC 6455 §5.3 — what clients send is masked.
    mutating func mask() -> UInt32 { UInt32(truncatingIfNeeded: random.next()) }
}

import ChatWire
import Messages
import Toolbox
import Vocabulary

// Frames: what a client says over its WebSocket, in order, and the answers.
extension GatewayInstance {
    mutating func takeText(_ text: Bytes, from connection: ConnectionID) {
        let frame: ClientFrame
        do throws(FrameFailure) {
            frame = try ClientFrame.decode(text)
        } catch {
            return takeBroken(error, from: connection)
        }
        if isGreeting(connection) {
            guard case .hello(let hello) = frame else {
                return closeSocket(
                    connection, .badFrame, after: ErrorReport(.malformed, "hello comes first"))
            }
            return greet(connection, hello)
        }
        guard mayPass(connection, id: frame.id) else { return }
        take(frame, bytes: text.count, from: connection)
    }

    private mutating func isGreeting(_ connection: ConnectionID) -> Bool {
        if isOpen(connection) { return false }
        if case .greeting? = sockets[connection]?.stage { return true }
        return false
    }

    private mutating func takeBroken(_ failure: FrameFailure, from connection: ConnectionID) {
        guard case .invalid(let report, let id) = failure else {
            return closeSocket(connection, .badFrame, after: failure.report)
        }
        if isGreeting(connection) {
            let isToken = report.field == "token"
            return closeSocket(
                connection, isToken ? .authenticationFailed : .badFrame, after: report, id: id)
        }
        guard mayPass(connection, id: id) else { return }
        refuse(report, id: id, on: connection)
    }

    /// Counts a frame against the rate; answers it if it is one too many.
    private mutating func mayPass(_ connection: ConnectionID, id: FrameID?) -> Bool {
        let verdict = pass(connection)
        switch verdict {
        case .passed: return true
        case .refused: refuse(verdict.report, id: id, on: connection)
        case .hopeless: closeSocket(connection, .rateLimited, after: verdict.report, id: id)
        }
        return false
    }

    private mutating func refuse(
        _ report: ErrorReport, id: FrameID?, on connection: ConnectionID
    ) {
        counters.refused += 1
        send(.error(id: id, report), to: connection)
    }

    private mutating func take(_ frame: ClientFrame, bytes: Int, from connection: ConnectionID) {
        switch frame {
        case .hello:
            closeSocket(
                connection, .badFrame, after: ErrorReport(.malformed, "a second hello"),
                id: frame.id)
        case .ping: send(.pong(time: now.wall), to: connection)
        case .unknown(let operation, let id):
            refuse(.unknownOperation(operation), id: id, on: connection)
        case .send(let send) where mayStart(bytes: bytes, on: connection):
            let weight = RequestWeight(bytes: bytes, isQuery: false)
            let asker = Asker(connection: connection, form: .frame(send.id, weight))
            guard let user = connections.update(connection, { $0.identity.user }) else { return }
            post(send.draft, to: send.chat, by: user, for: asker)
        case .send, .get, .sync, .mark, .call:
            let fits = sockets[connection]?.requests.append(
                frame, bytes: bytes, maximum: settings.waitingMaximum)
            guard fits == true else {
                counters.limited += 1
                let report = ErrorReport(GatewayFailure.overloaded)
                return refuse(report, id: frame.id, on: connection)
            }
            pumpFrames(connection)
        }
    }

    /// Whether a `send` need not wait; if so it counts as asked.
    private mutating func mayStart(bytes: Int, on connection: ConnectionID) -> Bool {
        guard isOpen(connection) else { return false }
        let settings = settings
        return sockets.update(connection) { $0.requests.admit(bytes: bytes, settings) } == true
    }

    /// Mutating so that it looks in place.
    private mutating func isOpen(_ connection: ConnectionID) -> Bool {
        connections.update(connection) { $0.isOpen } == true
    }

    /// Asks what waits, in order, as far as the bounds allow.
    mutating func pumpFrames(_ connection: ConnectionID) {
        guard sockets.update(connection, { $0.requests.checkWaiting() }) == true else { return }
        while let backlog = connections[connection]?.backlog.bytes(at: now.monotonic),
            connections[connection]?.isOpen == true,
            let next = sockets[connection]?.requests.next(settings, backlog: backlog)
        {
            start(next, on: connection)
        }
        guard sockets[connection]?.requests.checkHeldBack() == true else { return }
        // Nothing is on its way that would come back here: look again when the socket had a chance.
        wakeSoon(connection)
    }

    private mutating func start(
        _ waiting: RequestQueue.Waiting, on connection: ConnectionID
    ) {
        guard let identity = connections[connection]?.identity else { return }
        let user = identity.user
        switch waiting.frame {
        case .send(let frame):
            let asker = Asker(connection: connection, form: .frame(frame.id, waiting.weight))
            post(frame.draft, to: frame.chat, by: user, for: asker)
        case .get(let frame):
            let asker = Asker(connection: connection, form: .frame(frame.id, waiting.weight))
            readPage(frame.chat, frame.position, limit: frame.limit, of: user, for: asker)
        case .sync(let frame):
            let asker = Asker(connection: connection, form: .frame(frame.id, waiting.weight))
            listChats(of: user, ChatList(cursor: frame.cursor, limit: frame.limit), for: asker)
        case .mark(let frame):
            let mark = Mark(
                chat: frame.chat, user: user, delivered: frame.delivered, read: frame.read)
            ask(.command(.mark([mark]), chat: frame.chat), .mark)
        case .call(let frame):
            let asker = Asker(connection: connection, form: .call(frame.id, waiting.weight))
            let outcome = call(frame, by: identity, for: asker)
            if let outcome { answerFrame(asker, outcome) }
        case .hello, .ping, .unknown: break
        }
    }

    /// An HTTP operation over the socket.
    private mutating func call(
        _ frame: CallFrame, by identity: Identity, for asker: Asker
    ) -> Outcome? {
        do throws(ErrorReport) {
            let route = try APIRoute.parse(method: frame.method, target: frame.target)
            return operate(route, .value(frame.body), key: Bytes(), by: identity, for: asker)
        } catch {
            return .refused(error)
        }
    }

    mutating func answerFrame(_ asker: Asker, _ outcome: Outcome) {
        if case .refused = outcome { counters.refused += 1 }
        switch asker.form {
        case .frame(let id, let weight):
            sockets.update(asker.connection) { $0.requests.answered(weight) }
            send(outcome.frame(id: id, isCall: false), to: asker.connection)
        case .call(let id, let weight):
            sockets[asker.connection]?.requests.answered(weight)
            send(outcome.frame(id: id, isCall: true), to: asker.connection)
        case .exchange: break
        }
    }
}

extension ClientFrame {
    /// What its answer is to be called, if it has one.
    var id: FrameID? {
        switch self {
        case .hello(let frame): frame.id
        case .send(let frame): frame.id
        case .get(let frame): frame.id
        case .sync(let frame): frame.id
        case .call(let frame): frame.id
        case .unknown(_, let id): id
        case .mark, .ping: nil
        }
    }
}

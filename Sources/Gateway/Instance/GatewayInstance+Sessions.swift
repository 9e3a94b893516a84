import ChatWire
import Membership
import Placement
import Toolbox
import Vocabulary

// Sessions at the edge: from `hello` to `welcome`, and the link to the home.
extension GatewayInstance {
    /// The first frame: who is it, and where does he belong.
    mutating func greet(_ connection: ConnectionID, _ hello: Hello) {
        let identity: Identity
        switch identify(hello.token) {
        case .failure(let report):
            return closeSocket(connection, .authenticationFailed, after: report, id: hello.id)
        case .success(let known): identity = known
        }
        guard hello.device == nil || hello.device == identity.device else {
            return closeSocket(
                connection, .authenticationFailed, after: Self.unauthenticated, id: hello.id)
        }
        if case .malformed = hello.resume { return closeSocket(connection, .resumeLost) }
        let session = ClientSessionID(random.next())
        let owner = ring.owner(of: identity.user)
        let joining = SocketSession.Joining(
            id: hello.id, since: now.monotonic, cursor: hello.cursor)
        sockets[connection]?.join(
            joining, session: session, home: owner)
        connections[connection]?.identity = identity
        connections[connection]?.home = owner
        attach(connection)
        reschedule(connection)
    }

    // MARK: - Home

    /// Begins an attempt to attach, at the home that the user has now. From the second on, what
    /// came between was missed.
    mutating func attach(_ connection: ConnectionID) {
        guard let identity = connections[connection]?.identity else { return }
        turn(connection, to: ring.owner(of: identity.user))
        let retryAt = now.monotonic + settings.attachRetry
        sockets[connection]?.link.ask(retryAt: retryAt)
        guard let socket = sockets[connection] else { return }
        var attachment = Attachment(
            session: socket.session, user: identity.user, device: identity.device,
            attempt: socket.link.attempt, push: socket.link.push,
            hasMissed: socket.link.attempt > 1)
        attachment.epoch = ring.epoch
        if socket.link.home == node {
            attachHere(SessionKey(edge: node, connection: connection), attachment)
        } else {
            tell(socket.link.home, .attach(connection, attachment))
        }
    }

    /// Takes leave of the home before, if it is another node.
    private mutating func turn(_ connection: ConnectionID, to owner: NodeID) {
        guard let link = sockets[connection]?.link else { return }
        // A home here numbers pushes by itself; whoever goes on does so from its last.
        let push =
            link.home == node && link.attempt > 0
            ? home[SessionKey(edge: node, connection: connection)]?.push : nil
        if link.home != owner { leaveHome(connection) }
        sockets[connection]?.link.move(to: owner, push: push)
        if owner == node { sockets[connection]?.isDisplaced = false }
        connections[connection]?.home = owner
    }

    mutating func homeAttached(_ connection: ConnectionID) {
        let checkAt = now.monotonic + Self.linkCheck
        sockets[connection]?.link.attached(checkAt: checkAt)
        settle(connection)
        planDeparture(of: connection)
    }

    /// A remote home that went on without this session would say nothing: it is asked now and then.
    static let linkCheck: Duration = .seconds(5)

    mutating func receiveFromHome(_ message: EdgeHomeMessage, _ peer: NodeID) {
        switch message {
        case .attached(let connection, let attempt):
            guard isCurrent(attempt, connection, peer) else { return }
            homeAttached(connection)
            reschedule(connection)
        case .frames(let connection, let attempt, let push, let texts):
            guard isCurrent(attempt, connection, peer) else { return }
            takePushes(texts, last: push, for: connection)
            reschedule(connection)
        case .close(let connection, let attempt, let code):
            guard isCurrent(attempt, connection, peer) else { return }
            closeSocket(connection, ClientCloseCode(rawValue: code) ?? .restart)
        case .unknown(let connection, let attempt):
            guard isCurrent(attempt, connection, peer) else { return }
            attach(connection)
            reschedule(connection)
        case .moved(let connection, let attempt, let epoch):
            guard isCurrent(attempt, connection, peer) else { return }
            refusedByHome(connection, epoch)
        case .attach, .credit, .detach: break
        }
    }

    private func isCurrent(_ attempt: UInt32, _ connection: ConnectionID, _ peer: NodeID) -> Bool {
        guard let link = sockets[connection]?.link else { return false }
        return link.home == peer && link.attempt == attempt
    }

    private mutating func takePushes(
        _ texts: [Bytes], last: UInt64, for connection: ConnectionID
    ) {
        let bytes = texts.reduce(0) { $0 + $1.count }
        let isDense = sockets[connection]?.link.receive(
            last: last, count: texts.count, bytes: bytes)
        guard let isDense else { return }
        // What is missing cannot be told from here: the home starts again, with gaps.
        guard isDense else { return attach(connection) }
        guard connections[connection]?.isOpen == true else {
            sockets[connection]?.held += texts
            return
        }
        for text in texts { sendText(text, to: connection) }
        credit(connection)
    }

    /// Tells a remote home how much has left, once it is worth a message.
    mutating func credit(_ connection: ConnectionID, isForced: Bool = false) {
        guard let state = connections[connection], state.home != node else { return }
        let step = max(1, settings.sessionQueueBytesMaximum / 16)
        let queued = state.backlog.reported
        let isDue = sockets[connection]?.link.isCreditDue(queued: queued, step: step)
        guard isDue == true || isForced, let link = sockets[connection]?.link else { return }
        let message = EdgeHomeMessage.credit(
            connection, attempt: link.attempt, received: link.received,
            queued: UInt32(clamping: queued))
        tell(state.home, message)
    }

    mutating func meetLinkDeadline(of connection: ConnectionID) {
        guard let link = sockets[connection]?.link, link.home != node,
            let due = link.deadline, due <= now.monotonic
        else { return }
        guard link.isAttached else { return attach(connection) }
        sockets[connection]?.link.attached(checkAt: now.monotonic + Self.linkCheck)
        credit(connection, isForced: true)
    }

    /// The node that is home of these sessions is gone, or the way to it.
    mutating func loseHome(_ peer: NodeID) {
        for connection in connections.sortedKeys where peer != node {
            guard let socket = sockets[connection], socket.link.home == peer,
                socket.link.attempt > 0
            else { continue }
            sockets[connection]?.link.ask(retryAt: now.monotonic + settings.attachRetry)
            if case .joining(let joining) = socket.stage, !joining.isSettled { settle(connection) }
            reschedule(connection)
        }
    }

    mutating func leaveHome(_ connection: ConnectionID) {
        guard let socket = sockets[connection], socket.link.attempt > 0 else { return }
        if socket.link.home == node {
            detachHere(SessionKey(edge: node, connection: connection))
        } else {
            tell(socket.link.home, .detach(connection))
        }
    }

    // MARK: - Welcome

    /// A home elsewhere is waited for no longer: the client is served without, and gets its gaps
    /// when the home is back. This node's own subscriptions are what `not_ready` is for.
    mutating func settleWithoutHome(_ connection: ConnectionID) {
        guard let socket = sockets[connection],
            case .joining(let joining) = socket.stage
        else { return }
        guard socket.link.home == node else {
            attach(connection)
            return settle(connection)
        }
        var report = ErrorReport(GatewayFailure.notReady)
        report.afterMilliseconds = 1_000
        closeSocket(connection, .restart, after: report, id: joining.id)
    }

    /// Attached, so that nothing is missed from here on: look where the client stands.
    private mutating func settle(_ connection: ConnectionID) {
        guard case .joining(var joining)? = sockets[connection]?.stage,
            !joining.isSettled
        else { return }
        joining.isSettled = true
        sockets[connection]?.stage = .joining(joining)
        guard let text = joining.cursor else {
            return welcome(connection, cursor: SyncCursor().encoded(), isBehind: nil)
        }
        guard SyncCursor(decoding: text) != nil,
            let user = connections[connection]?.identity.user
        else { return welcome(connection, cursor: SyncCursor().encoded(), isBehind: true) }
        ask(.lookUp(.chats(user: user)), .joinChats(connection))
    }

    mutating func joinChatsFound(_ answer: GatewayAnswer, _ connection: ConnectionID) {
        guard let (text, cursor, user) = joinCursor(connection) else { return }
        switch answer {
        case .found(.chats(let stream, let listed)) where !listed.isEmpty:
            ask(
                .heads(user: user, chats: listed.map(\.chat), since: cursor.headsPositions),
                .joinHeads(connection, stream: stream))
        case .found(.chats(let stream, _)):
            welcome(connection, cursor: text, isBehind: stream != cursor.stream)
        case .found, .failed, .membership, .message, .page, .heads:
            // Not known: to sync once too often is harmless.
            welcome(connection, cursor: text, isBehind: true)
        }
    }

    mutating func joinHeadsFound(
        _ answer: GatewayAnswer, _ connection: ConnectionID, _ stream: UInt64
    ) {
        guard let (text, cursor, _) = joinCursor(connection) else { return }
        guard case .heads(let positions, let heads) = answer, heads.isEmpty,
            stream == cursor.stream, cursor.unfinished == nil
        else { return welcome(connection, cursor: text, isBehind: true) }
        let next = SyncCursor(groups: cursor.raised(to: positions), stream: stream)
        welcome(connection, cursor: next.encoded(), isBehind: false)
    }

    private func joinCursor(
        _ connection: ConnectionID
    ) -> (text: Bytes, cursor: SyncCursor, user: UserID)? {
        guard case .joining(let joining)? = sockets[connection]?.stage, let text = joining.cursor,
            let cursor = SyncCursor(decoding: text),
            let user = connections[connection]?.identity.user
        else { return nil }
        return (text, cursor, user)
    }

    private mutating func welcome(
        _ connection: ConnectionID, cursor: Bytes, isBehind: Bool?
    ) {
        guard let socket = sockets[connection],
            case .joining(let joining) = socket.stage,
            let identity = connections[connection]?.identity
        else { return }
        var welcome = Welcome(
            session: socket.session, user: identity.user, device: identity.device,
            node: node, time: now.wall, cursor: cursor)
        welcome.id = joining.id
        welcome.ringEpoch = ring.epoch
        welcome.heartbeatMilliseconds = Int(settings.heartbeat.nanoseconds / 1_000_000)
        welcome.isBehind = isBehind
        send(.welcome(welcome), to: connection)
        sockets[connection]?.open()
        connections[connection]?.isOpen = true
        counters.sessions += 1
        for text in socket.held { sendText(text, to: connection) }
        sockets[connection]?.held = []
        goOn(connection)
        planDeparture(of: connection)
        reschedule(connection)
    }
}

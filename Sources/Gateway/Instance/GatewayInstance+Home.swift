import ChatWire
import Toolbox
import Vocabulary

// The home: who is attached, and how pushes leave.
extension GatewayInstance {
    // MARK: - Attachments

    mutating func attachHere(_ key: SessionKey, _ attachment: Attachment) {
        home.add(ClientSession(attachment), as: key)
        counters.attachments = home.count
        if home.covers, home.tenure(of: attachment.user) != 0 { confirm(key) }
    }

    mutating func detachHere(_ key: SessionKey) {
        home.remove(key)
        counters.attachments = home.count
    }

    /// From here on the session gets all that is committed.
    mutating func confirm(_ key: SessionKey) {
        guard let attachment = home[key]?.attachment else { return }
        let tenure = home.tenure(of: attachment.user)
        home[key]?.attach(tenure: tenure)
        if key.edge == node {
            homeAttached(key.connection)
            reschedule(key.connection)
        } else {
            tell(key.edge, .attached(key.connection, attempt: attachment.attempt))
        }
        if attachment.hasMissed {
            refreshes.append(attachment.user)
            startRefreshes()
        }
    }

    mutating func setCovers(_ covers: Bool) {
        home.covers = covers
        guard covers else { return }
        walk.startOverSessions()
        walkOn()
    }

    mutating func detachAll(of edge: NodeID) {
        for key in home.keys(on: edge) { detachHere(key) }
    }

    mutating func tell(_ peer: NodeID, _ message: EdgeHomeMessage) {
        directives.append(.tell(peer, message))
    }

    // MARK: - What edges say

    mutating func receivePeer(_ message: EdgeHomeMessage, from peer: NodeID) {
        switch message {
        case .attach(let connection, let attachment):
            // The edge asks again, here or wherever the ring says by then.
            guard !isFenced else { return }
            attachRemote(SessionKey(edge: peer, connection: connection), attachment)
        case .credit(let connection, let attempt, let received, let queued):
            let key = SessionKey(edge: peer, connection: connection)
            guard home[key]?.attachment.attempt == attempt else {
                return tell(peer, .unknown(connection, attempt: attempt))
            }
            home[key]?.credit(received: received, queued: queued)
            flush(key)
        case .detach(let connection):
            detachHere(SessionKey(edge: peer, connection: connection))
        case .attached, .frames, .close, .unknown, .moved:
            receiveFromHome(message, peer)
        }
    }

    // MARK: - Pushing

    /// The number of a push that leaves at once through a socket of this node: the usual case. Nil
    /// if it does not.
    mutating func numberToLeave(_ key: SessionKey) -> UInt64? {
        guard key.edge == node else { return nil }
        let (limit, now) = (settings.sessionQueueBytesMaximum / 2, now.monotonic)
        let keepsUp = connections.update(key.connection) { $0.keepsUp(below: limit, at: now) }
        return keepsUp == true ? home.takeNumber(key) : nil
    }

    /// Pushes at once if the socket keeps up; else the push waits, and may collapse.
    mutating func offer(_ push: ClientSession.Push, to key: SessionKey) {
        if mayLeave(key), let number = home[key]?.takeNumber() ?? nil {
            return leave(push, number, key)
        }
        guard home[key]?.isAttached == true else { return }
        let unsent = unsent(key)
        let room = max(0, settings.sessionQueueBytesMaximum - unsent)
        counters.collapsed += UInt64(home[key]?.enqueue(push, room: room) ?? 0)
        let fixed = home[key]?.fixedBytes ?? 0
        if fixed + unsent > settings.connectionQueueBytesMaximum {
            giveUp(key)
        } else {
            flush(key)
        }
    }

    /// Lets go what waits, as far as the socket keeps up.
    mutating func flush(_ key: SessionKey) {
        guard key.edge == node else { return flushAbroad(key) }
        while mayLeave(key), let (number, push) = home[key]?.dequeue() {
            leave(push, number, key)
        }
        if home[key]?.hasWaiting == true { wakeSoon(key.connection) }
    }

    /// Half of what may wait goes to the socket; the rest stays where it can collapse.
    private func mayLeave(_ key: SessionKey) -> Bool {
        guard key.edge != node || connections[key.connection]?.isOpen == true else {
            return false
        }
        return unsent(key) < settings.sessionQueueBytesMaximum / 2
    }

    private func unsent(_ key: SessionKey) -> Int {
        guard key.edge == node else { return home[key]?.unsentAtEdge ?? 0 }
        return connections[key.connection]?.backlog.bytes(at: now.monotonic) ?? 0
    }

    private mutating func leave(_ push: ClientSession.Push, _ number: UInt64, _ key: SessionKey) {
        if case .entry = push { counters.delivered += 1 }
        guard key.edge != node else {
            if case .entry(_, _, let tail) = push {
                return sendEntry(push: number, tail: tail, to: key.connection)
            }
            return sendText(push.text(number), to: key.connection)
        }
        let text = push.text(number)
        home[key]?.hand(text.count)
        guard let attempt = home[key]?.attachment.attempt else { return }
        tell(key.edge, .frames(key.connection, attempt: attempt, push: number, [text]))
    }

    /// What waits for a socket on another node leaves in one message.
    private mutating func flushAbroad(_ key: SessionKey) {
        var texts: [Bytes] = []
        var last: UInt64 = 0
        while mayLeave(key), let (number, push) = home[key]?.dequeue() {
            if case .entry = push { counters.delivered += 1 }
            let text = push.text(number)
            home[key]?.hand(text.count)
            texts.append(text)
            last = number
        }
        guard !texts.isEmpty, let attempt = home[key]?.attachment.attempt else { return }
        tell(key.edge, .frames(key.connection, attempt: attempt, push: last, texts))
    }

    private mutating func giveUp(_ key: SessionKey) {
        guard key.edge != node else { return closeSocket(key.connection, .tooSlow) }
        guard let attempt = home[key]?.attachment.attempt else { return }
        let code = ClientCloseCode.tooSlow.rawValue
        tell(key.edge, .close(key.connection, attempt: attempt, code: code))
        detachHere(key)
    }
}

extension ClientSession.Push {
    /// The whole frame.
    func text(_ number: UInt64) -> Bytes {
        var writer = ByteWriter(reserving: 64 + ClientSession.size(of: self))
        switch self {
        case .entry(_, _, let tail): EntryFrame.write(push: number, tail: tail, into: &writer)
        case .gap(let chat, let head):
            ServerFrame.gap(push: number, chat: chat, head: head).encode(into: &writer)
        case .change(let chat, let change):
            let what: ConversationChange =
                switch change {
                case .added: ConversationChange(chat: chat, change: .added)
                case .removed: ConversationChange(chat: chat, change: .removed)
                case .read(let seq): ConversationChange(chat: chat, change: .read, read: seq)
                }
            ServerFrame.chat(push: number, what).encode(into: &writer)
        }
        return writer.take()
    }
}

import Placement
import Toolbox
import Vocabulary

// The ring changes: users move to another home, while their sockets stay where they are.
extension GatewayInstance {
    mutating func follow(_ ring: Ring) {
        guard ring.epoch > self.ring.epoch else { return }
        self.ring = ring
        if home.follow(ring, as: node) {
            presenceKnownAt = now.monotonic + settings.attachRetry * 2
        }
        walk.startOver()
        walkOn()
    }

    /// Looks at some more sockets and sessions.
    mutating func walkOn() {
        guard !walk.isDone else { return }
        var actions = settings.reattachmentsPerTurnMaximum
        var looks = Self.looksMaximum
        while actions > 0, looks > 0, let slot = walk.takeSocket(of: sockets.slotsCount) {
            looks -= 1
            if let connection = sockets.key(inSlot: slot), moveIfDue(connection) { actions -= 1 }
        }
        while actions > 0, looks > 0, let slot = walk.takeSession(of: home.slotsCount) {
            looks -= 1
            if let key = home.key(inSlot: slot), review(key) { actions -= 1 }
        }
        walk.goesOnAt = walk.isDone ? nil : now.monotonic + Self.walkInterval
    }

    private static let looksMaximum = 4_096
    private static let walkInterval: Duration = .milliseconds(1)

    // MARK: - As the edge

    /// Attaches a session at its new home, if it has one. Returns whether it does.
    private mutating func moveIfDue(_ connection: ConnectionID) -> Bool {
        guard let user = connections[connection]?.identity.user,
            let link = sockets[connection]?.link, link.attempt > 0
        else { return false }
        let owner = ring.owner(of: user)
        guard owner != link.home || link.isRefused else { return false }
        sockets[connection]?.isDisplaced = owner != node
        counters.reattached += 1
        attach(connection)
        reschedule(connection)
        return true
    }

    /// The node asked does not own the user's arc, by a ring that was not older than the asker's.
    ///
    /// Whose own ring knows better asks there; else there is nobody to ask until the ring comes,
    /// or, should the two contradict each other, for a while.
    mutating func refusedByHome(_ connection: ConnectionID, _ epoch: RingEpoch) {
        guard let user = connections[connection]?.identity.user,
            let link = sockets[connection]?.link
        else { return }
        if epoch <= ring.epoch, ring.owner(of: user) != link.home {
            attach(connection)
        } else {
            let wait = epoch > ring.epoch ? Self.linkCheck : settings.attachRetry
            sockets[connection]?.link.refused(retryAt: now.monotonic + wait)
        }
        reschedule(connection)
    }

    // MARK: - As the home

    /// Whether a session stands as it should after a change: lets go whose user has left, or has
    /// been away and is back; confirms who waited. Returns whether something was done.
    private mutating func review(_ key: SessionKey) -> Bool {
        guard let session = home[key] else { return false }
        let tenure = home.tenure(of: session.attachment.user)
        if session.isAttached, session.tenure == tenure { return false }
        if !session.isAttached, tenure != 0 {
            if home.covers { confirm(key) }
            return home.covers
        }
        guard key.edge != node else {
            // Its socket is here: it starts again, at whichever home it has now.
            attach(key.connection)
            reschedule(key.connection)
            return true
        }
        let attempt = session.attachment.attempt
        if session.isAttached {
            tell(key.edge, .unknown(key.connection, attempt: attempt))
        } else if session.attachment.epoch <= ring.epoch {
            tell(key.edge, .moved(key.connection, attempt: attempt, epoch: ring.epoch))
        } else {
            return false
        }
        detachHere(key)
        return true
    }

    /// An edge wants a session to be kept here. A newer ring than this node's may say so: then the
    /// session waits for that ring.
    mutating func attachRemote(_ key: SessionKey, _ attachment: Attachment) {
        guard home.tenure(of: attachment.user) != 0 || attachment.epoch > ring.epoch else {
            detachHere(key)
            let refusal = EdgeHomeMessage.moved(
                key.connection, attempt: attachment.attempt, epoch: ring.epoch)
            return tell(key.edge, refusal)
        }
        attachHere(key, attachment)
    }
}

import ChatWire
import Toolbox
public import Vocabulary

// What time alone changes.
extension ChatClientInstance {
    /// The earliest moment at which time alone would change something; nil if none.
    public var nextDeadline: Instant? {
        switch link {
        case .idle, .stopped: return nil
        case .waiting(let until, _): return until
        case .connecting(_, let until), .upgrading(_, let until), .greeting(_, let until):
            return until
        case .open:
            var earliest = goaway?.at
            for deadline in [pingAt, deadAt, sendsDeadline, requestsDeadline, catchUpDeadline] {
                if let deadline { earliest = min(earliest ?? deadline, deadline) }
            }
            return earliest
        }
    }

    private var requestsDeadline: Instant? {
        var earliest: Instant?
        for asked in requests.values { earliest = min(earliest ?? asked.answerBy, asked.answerBy) }
        return earliest
    }

    private var catchUpDeadline: Instant? {
        guard settings.following != .pushes else { return nil }
        var earliest = fetchesPausedUntil
        if case .due(let at) = catching { earliest = min(earliest ?? at, at) }
        return earliest
    }

    mutating func checkDeadlines(
        at now: Moment, into directives: inout [ChatClientDirective]
    ) {
        let instant = now.monotonic
        switch link {
        case .idle, .stopped: return
        case .waiting(let until, let address):
            if until <= instant { dial(address, at: now, into: &directives) }
        case .connecting(_, let until), .upgrading(_, let until), .greeting(_, let until):
            if until <= instant { leave(.silent, at: now, into: &directives) }
        case .open:
            if let goaway, goaway.at <= instant {
                return followGoaway(
                    to: goaway.to, goaway.reason, at: now, into: &directives)
            }
            guard isAlive(at: instant) else {
                return leave(.silent, at: now, into: &directives)
            }
            ping(at: instant)
            sweepSends(at: instant)
            catchUp(at: instant, into: &directives)
        }
    }

    /// Whether every answer that is due has come.
    private func isAlive(at now: Instant) -> Bool {
        if let deadAt, deadAt <= now { return false }
        if let requestsDeadline, requestsDeadline <= now { return false }
        guard let sendsDeadline, sendsDeadline <= now else { return true }
        return sends.deadlines().answer.map { $0 > now } ?? true
    }

    private mutating func ping(at now: Instant) {
        guard let due = pingAt, due <= now else { return }
        acknowledgedPush = lastPush
        write(.ping(push: lastPush > 0 ? lastPush : nil))
        pingAt = now + heartbeat
        deadAt = deadAt ?? now + settings.pongTimeout
    }

    private mutating func sweepSends(at now: Instant) {
        guard let due = sendsDeadline, due <= now else { return }
        sends.resume(at: now)
        let (answer, pause) = sends.deadlines()
        sendsDeadline = [answer, pause].compactMap(\.self).min()
        pump(at: now)
    }
}

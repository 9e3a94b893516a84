import ChatWire
import Toolbox
import Vocabulary

// What the server says, once there is a connection.
extension ChatClientInstance {
    /// Pushes that are acknowledged before the next heartbeat: servers keep the last 512.
    private static let pushesUnacknowledgedMaximum: UInt64 = 128

    mutating func receive(
        _ frame: ServerFrame, at now: Moment, into directives: inout [ChatClientDirective]
    ) {
        if let push = frame.push { notePush(push) }
        switch frame {
        case .welcome(let welcome): self.welcome(welcome, at: now, into: &directives)
        case .ok(.number(let number)?, let answer):
            backoff.reset()
            if number > 0 {
                didAcknowledge(number, answer, at: now, into: &directives)
            } else {
                didAnswer(number, answer, at: now, into: &directives)
            }
        case .error(let id, let report): didFail(id, report, at: now, into: &directives)
        case .entry(_, let entry): didPush(entry, at: now, into: &directives)
        case .gap(_, let chat, let head): didLearn(head, of: chat, at: now, into: &directives)
        case .chat(_, let change):
            if change.change == .removed { follower.forget(change.chat) }
            directives.append(.report(.changed(change)))
        case .receipt(let receipt): directives.append(.report(.receipt(receipt)))
        case .goaway(let goaway):
            let at = now.monotonic + .asked(milliseconds: goaway.afterMilliseconds)
            self.goaway = (at, goaway.url.flatMap(ServerAddress.init(url:)), goaway.reason)
        case .pong(let time):
            backoff.reset()
            correctClock(by: time, at: now)
        case .ok, .unknown: break
        }
    }

    private mutating func notePush(_ push: UInt64) {
        lastPush = max(lastPush, push)
        guard lastPush - acknowledgedPush >= Self.pushesUnacknowledgedMaximum else { return }
        acknowledgedPush = lastPush
        write(.ping(push: lastPush))
    }

    // MARK: - Sends

    private mutating func didAcknowledge(
        _ number: Int64, _ answer: ServerFrame.Answer, at now: Moment,
        into directives: inout [ChatClientDirective]
    ) {
        guard case .sent(let receipt) = answer, let sent = sends.remove(number) else { return }
        directives.append(
            .report(.acknowledged(sent.draft.clientID, chat: sent.chat, receipt)))
        pump(at: now.monotonic)
    }

    private mutating func didFail(
        _ id: FrameID?, _ report: ErrorReport, at now: Moment,
        into directives: inout [ChatClientDirective]
    ) {
        if case .greeting = link { return didRefuse(report, at: now, into: &directives) }
        guard case .number(let number)? = id else { return }
        guard number > 0 else {
            return didFailRequest(number, report, at: now, into: &directives)
        }
        if let time = report.time { correctClock(by: time, at: now) }
        switch report.code.retry {
        case .no:
            guard let sent = sends.remove(number) else { return }
            directives.append(
                .report(.refused(sent.draft.clientID, chat: sent.chat, report)))
            pump(at: now.monotonic)
        case .same: pause(number, report, at: now.monotonic)
        case .reconnect, .elsewhere: didRefuse(report, at: now, into: &directives)
        }
    }

    private mutating func pause(_ number: Int64, _ report: ErrorReport, at now: Instant) {
        guard let failuresCount = sends.failuresCount(of: number) else { return }
        let asked = Duration.asked(milliseconds: report.afterMilliseconds)
        let bound = min(
            settings.backoffMaximum, settings.backoffMinimum * (1 << min(failuresCount, 20)))
        let drawn = bound * Int(random.below(UInt64(1_001))) / 1_000
        sends.pause(number, until: now + max(asked, drawn))
        // The pause is somewhere behind; the sweep finds out where.
        sendsDeadline = now
    }

    // MARK: - Following

    private mutating func didPush(
        _ entry: EntryFrame, at now: Moment, into directives: inout [ChatClientDirective]
    ) {
        guard settings.following != .pushes else {
            directives.append(.report(.entry(entry)))
            return
        }
        guard !entry.hasMore else {
            // A preview: the page has it whole.
            return didLearn(entry.seq, of: entry.chat, at: now, into: &directives)
        }
        report(
            follower.receive(entry, start: start(before: entry.seq)), of: entry.chat, &directives)
        catchUp(at: now.monotonic, into: &directives)
    }

    private mutating func didLearn(
        _ head: SequenceNumber, of chat: ChatID, at now: Moment,
        into directives: inout [ChatClientDirective]
    ) {
        guard settings.following != .pushes else { return }
        follower.learn(head: head, of: chat, start: start(before: head))
        catchUp(at: now.monotonic, into: &directives)
    }

    /// Where a chat that turns up with entry `seq` is taken up.
    private func start(before seq: SequenceNumber) -> SequenceNumber {
        guard settings.following == .fromNow, !hasSynced, seq > .zero else { return .zero }
        return SequenceNumber(seq.rawValue - 1)
    }

    private func report(
        _ outcome: ChatFollower.Outcome, of chat: ChatID,
        _ directives: inout [ChatClientDirective]
    ) {
        if let after = outcome.skippedAfter, let first = outcome.entries.first {
            let upTo = SequenceNumber(first.seq.rawValue - 1)
            directives.append(.report(.skipped(chat, after: after, upTo: upTo)))
        }
        for entry in outcome.entries { directives.append(.report(.entry(entry))) }
    }

    /// Asks for what is missing, as far as not too much is asked already.
    mutating func catchUp(at now: Instant, into directives: inout [ChatClientDirective]) {
        guard isConnected, settings.following != .pushes else { return }
        if case .due(let at) = catching, at <= now {
            catching = .asked
            let cursor = pageCursor ?? cursor
            ask(.conversations, at: now) { id in
                .sync(SyncFrame(id: id, cursor: cursor, limit: Page.limitMaximum))
            }
        }
        if fetchesPausedUntil.map({ $0 <= now }) ?? true {
            fetchesPausedUntil = nil
            while let (chat, after) = follower.takeFetch() {
                ask(.page(chat), at: now) { id in
                    .get(
                        GetFrame(
                            id: id, chat: chat, position: .after(after), limit: Page.limitMaximum))
                }
            }
        }
        if !isCaughtUp {
            isBehind = true
        } else if isBehind {
            isBehind = false
            directives.append(.report(.caughtUp))
        }
    }

    private mutating func ask(
        _ request: Request, at now: Instant, _ frame: (FrameID) -> ClientFrame
    ) {
        lastRequest -= 1
        requests[lastRequest] = Asked(request: request, answerBy: now + settings.answerTimeout)
        write(frame(.number(lastRequest)))
    }

    private mutating func didAnswer(
        _ number: Int64, _ answer: ServerFrame.Answer, at now: Moment,
        into directives: inout [ChatClientDirective]
    ) {
        switch (requests.removeValue(forKey: number)?.request, answer) {
        case (.page(let chat)?, .page(let page)):
            report(follower.receive(page, of: chat), of: chat, &directives)
        case (.conversations?, .conversations(let page)): take(page, at: now.monotonic)
        case (nil, _): return
        case (_?, _): return leave(.garbled, at: now, into: &directives)
        }
        catchUp(at: now.monotonic, into: &directives)
    }

    private mutating func take(_ page: ConversationPage, at now: Instant) {
        for head in page.chats {
            let start = settings.following == .fromNow && !hasSynced ? head.head : .zero
            follower.learn(head: head.head, of: head.chat, start: start)
        }
        if page.isDone {
            hasSynced = true
            cursor = page.cursor
            pageCursor = nil
            catching = .done
        } else {
            pageCursor = page.cursor
            catching = .due(at: now)
        }
    }

    private mutating func didFailRequest(
        _ number: Int64, _ report: ErrorReport, at now: Moment,
        into directives: inout [ChatClientDirective]
    ) {
        guard let asked = requests.removeValue(forKey: number) else { return }
        if report.code.retry == .elsewhere || report.code.retry == .reconnect {
            return didRefuse(report, at: now, into: &directives)
        }
        let pause = max(.milliseconds(50), Duration.asked(milliseconds: report.afterMilliseconds))
        let again = now.monotonic + max(pause, backoff.fail(&random))
        switch asked.request {
        case .page(let chat):
            let isLost = report.code.retry == .no
            follower.fail(chat, isLost: isLost)
            if isLost {
                directives.append(.report(.left(chat)))
            } else {
                fetchesPausedUntil = again
            }
        case .conversations:
            // What is refused for good was the cursor: without one the list is read as a whole.
            if report.code.retry == .no { (cursor, pageCursor) = (nil, nil) }
            catching = .due(at: again)
        }
        catchUp(at: now.monotonic, into: &directives)
    }
}

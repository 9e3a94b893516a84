import ChatWire
import Toolbox
import Vocabulary
import VirtualWorld

/// What certain answers to errands mean.
extension Workload {
    mutating func finish(
        _ attempt: ErrandAttempt, _ status: Int, _ body: Bytes, _ client: Int,
        _ cluster: inout SimulatedCluster
    ) {
        let now = cluster.now
        cluster.transcript.note(now, "client\(client + 1) \(attempt.errand.route) -> \(status)")
        cluster.transcript.mix(UInt64(status), XXH64.hash(body))
        let isGood = (200..<300).contains(status)
        do throws(FrameFailure) {
            switch attempt.errand {
            case .register:
                // A repeat finds the name taken, by the first attempt.
                if !isGood, status != 409 { complain(attempt, status, body) }
            case .openSession:
                guard isGood else { return complain(attempt, status, body) }
                opened(try SessionAnswer(decoding: body), client, &cluster)
            case .create(_, let change):
                guard isGood else { return forgive(attempt, status, body) }
                let answer = try ConversationAnswer(decoding: body)
                created(answer, change, isNew: status == 201, client, at: now)
            case .add(_, let chat, let change):
                guard isGood else { return leaveIfGone(chat, status, client) }
                let answer = try MemberAnswer(decoding: body)
                // An attempt whose end nobody knows may still take effect, after this one.
                let seq = attempt.isUncertain ? nil : answer.seq
                changed(change, at: seq, chat, client, now)
            case .remove(_, let chat, let change):
                guard isGood else { return leaveIfGone(chat, status, client) }
                changed(change, at: try MemberAnswer(decoding: body).seq, chat, client, now)
            case .post(_, let chat, let send):
                try posted(attempt, send, status, body, at: now)
                if !isGood { leaveIfGone(chat, status, client) }
            case .repost(_, _, let send):
                try reposted(send, status, body)
            case .read(let chat, _):
                let page = isGood ? try EntryPage(decoding: body) : nil
                noteReading(page, chat, attempt.invoked, client, at: now)
                if page == nil { leaveIfGone(chat, status, client) }
            case .readAll(let chat, _, let entries):
                let page = isGood ? try EntryPage(decoding: body) : nil
                readOn(page, chat, entries, attempt, client, at: now)
            }
        } catch {
            violations.append(
                Violation("AnswersAreWellFormed", "\(attempt.errand.route): \(error)"))
        }
    }

    private mutating func changed(
        _ change: Int, at seq: SequenceNumber?, _ chat: ChatID, _ client: Int, _ now: WorldTime
    ) {
        history.changes[change].completed = now
        history.changes[change].seq = seq
        noteMembership(change, chat, client)
    }

    private mutating func complain(_ attempt: ErrandAttempt, _ status: Int, _ body: Bytes) {
        violations.append(
            Violation(
                "NothingIsRefusedWrongly",
                "\(attempt.errand.route) -> \(status) \(body.text ?? "")"))
    }

    /// What may be refused, and by which statuses.
    private mutating func forgive(_ attempt: ErrandAttempt, _ status: Int, _ body: Bytes) {
        if ![403, 404, 409].contains(status) { complain(attempt, status, body) }
    }

    private mutating func opened(
        _ answer: SessionAnswer, _ client: Int, _ cluster: inout SimulatedCluster
    ) {
        if let user = clients[client].user, user != answer.user {
            violations.append(
                Violation("NamesAreUnique", "\(clients[client].name): \(user), then \(answer.user)")
            )
        }
        clients[client].user = answer.user
        clients[client].token = answer.token
        clients[client].device = answer.device
        users[client] = answer.user
        openConnection(client, &cluster)
    }

    private mutating func created(
        _ answer: ConversationAnswer, _ change: Int, isNew: Bool, _ client: Int,
        at now: WorldTime
    ) {
        history.changes[change].completed = now
        history.changes[change].chat = answer.chat
        history.changes[change].seq = isNew ? answer.seq : nil
        if clients[client].chats[answer.chat] == nil {
            clients[client].chats[answer.chat] = .zero
        }
    }

    private mutating func noteMembership(_ change: Int, _ chat: ChatID, _ client: Int) {
        guard case .remove(let user) = history.changes[change].kind,
            user == clients[client].user
        else { return }
        clients[client].chats[chat] = nil
    }

    private mutating func leaveIfGone(_ chat: ChatID, _ status: Int, _ client: Int) {
        if status == 404 { clients[client].chats[chat] = nil }
    }

    private mutating func posted(
        _ attempt: ErrandAttempt, _ send: Int, _ status: Int, _ body: Bytes, at now: WorldTime
    ) throws(FrameFailure) {
        if (200..<300).contains(status) {
            let receipt = try SendReceipt(decoding: body)
            history.finish(
                send,
                .accepted(seq: receipt.seq, ord: receipt.ord, isDuplicate: receipt.isDuplicate),
                at: now)
        } else {
            let report = try ErrorReport(decoding: body)
            history.finish(send, attempt.isUncertain ? .unknown : .refused(report.code), at: now)
        }
    }

    /// A repeat gets the first answer, as long as ids of its time are remembered.
    private mutating func reposted(
        _ send: Int, _ status: Int, _ body: Bytes
    ) throws(FrameFailure) {
        guard (200..<300).contains(status), let first = history.sends[send].acceptedAt else {
            return
        }
        let receipt = try SendReceipt(decoding: body)
        if receipt.seq != first {
            violations.append(
                Violation(
                    "NoDuplicate",
                    "\(history.sends[send].id) stands at \(first) of \(history.sends[send].chat),"
                        + " and was taken again at \(receipt.seq)"))
        }
    }

    private mutating func noteReading(
        _ page: EntryPage?, _ chat: ChatID, _ invoked: WorldTime, _ client: Int, at now: WorldTime
    ) {
        guard let user = clients[client].user else { return }
        history.readings.append(
            History.Reading(
                client: client, user: user, chat: chat, times: invoked...now,
                entries: page?.entries, head: page?.head ?? .zero))
    }

    private mutating func readOn(
        _ page: EntryPage?, _ chat: ChatID, _ entries: [EntryFrame], _ attempt: ErrandAttempt,
        _ client: Int, at now: WorldTime
    ) {
        guard let user = clients[client].user else { return }
        let all = entries + (page?.entries ?? [])
        if let page, let last = page.entries.last, last.seq < page.head {
            clients[client].errands.insert(
                .readAll(chat, after: last.seq, entries: all), at: 0)
            return
        }
        history.finalReadings.append(
            History.Reading(
                client: client, user: user, chat: chat, times: attempt.invoked...now,
                entries: page == nil && entries.isEmpty ? nil : all, head: page?.head ?? .zero))
    }
}

import ChatWire
import SystemIO
import Toolbox
import Vocabulary
import WebSocketWire

/// What clients and servers say over their WebSockets.
extension LoadRun {
    mutating func sayHello(on connection: LoadConnection) {
        write(.hello(Hello(id: .number(0), token: connection.token)), on: connection)
    }

    mutating func ping(_ connection: LoadConnection) {
        let push = connection.lastPush
        write(.ping(push: push > 0 ? push : nil), on: connection)
        flush(connection)
    }

    /// Sends a new message to the connection's next chat.
    mutating func sendNext(on connection: LoadConnection, at now: Instant) {
        let conversation = connection.takeConversation()
        let number = ledger.add(
            conversation: conversation, connection: connection.index, at: now)
        outstandingCount += 1
        send(number, on: connection)
    }

    /// Sends message `number`, for the first time or again.
    mutating func send(_ number: UInt64, on connection: LoadConnection) {
        guard connection.isOpen, let record = ledger.record(number) else { return }
        let draft = MessageDraft(
            clientID: ledger.clientID(of: number), text: ledger.text(of: number))
        let chat = population.conversations[Int(record.conversation)].chat
        write(
            .send(SendFrame(id: .number(Int64(number)), chat: chat, draft: draft)),
            on: connection)
    }

    private mutating func write(_ frame: ClientFrame, on connection: LoadConnection) {
        guard let link = connection.link else { return }
        var text = ByteWriter(reserving: 320 + settings.textBytes)
        frame.encode(into: &text)
        link.queue.append(WebSocketEncoder.text(text.take(), mask: mask()))
    }

    // MARK: Reading

    mutating func receive(
        _ frame: Bytes, on connection: LoadConnection, at now: Instant
    ) throws(BenchFailure) {
        switch QuickFrame(scanning: frame) {
        case .acknowledged(let id, let seq): acknowledged(id, seq: seq, on: connection, at: now)
        case .entry(let push) where !connection.isReceiver:
            connection.lastPush = push
            tally.pushesCount += 1
        case .entry, nil: try receiveWhole(frame, on: connection, at: now)
        }
    }

    private mutating func acknowledged(
        _ number: UInt64, seq: UInt64, on connection: LoadConnection, at now: Instant
    ) {
        guard let record = ledger.acknowledge(number, seq: seq) else { return }
        outstandingCount -= 1
        if isMeasuring {
            tally.latencies.record(microseconds: Self.microseconds(now - record.sentAt))
        }
        if isSending { sendNext(on: connection, at: now) }
    }

    private mutating func receiveWhole(
        _ bytes: Bytes, on connection: LoadConnection, at now: Instant
    ) throws(BenchFailure) {
        let frame: ServerFrame
        do throws(FrameFailure) {
            frame = try ServerFrame.decode(bytes)
        } catch {
            throw .answer("a server sent what cannot be read: \(error)")
        }
        if let push = frame.push { connection.lastPush = push }
        switch frame {
        case .welcome: welcomed(connection)
        case .ok(.number(let id), .sent(let receipt)):
            acknowledged(
                UInt64(clamping: id), seq: receipt.seq.rawValue, on: connection, at: now)
        case .error(let id, let report):
            try refused(id, report, on: connection, at: now)
        case .entry(_, let entry): delivered(entry, at: now)
        case .gap: tally.gapsCount += 1
        case .goaway: lost(connection)
        case .ok, .chat, .receipt, .pong, .unknown: break
        }
    }

    private mutating func welcomed(_ connection: LoadConnection) {
        guard case .greeting = connection.phase else { return }
        connection.phase = .open
        dialsCount -= 1
        openCount += 1
        guard isSending || outstandingCount > 0 else { return }
        for number in ledger.unanswered(of: connection.index) { send(number, on: connection) }
    }

    private mutating func delivered(_ entry: EntryFrame, at now: Instant) {
        tally.pushesCount += 1
        guard isMeasuring, let id = entry.clientID, let number = ledger.number(of: id),
            let record = ledger.record(number)
        else { return }
        tally.deliveries.record(microseconds: Self.microseconds(now - record.sentAt))
    }

    private mutating func refused(
        _ id: FrameID?, _ report: ErrorReport, on connection: LoadConnection, at now: Instant
    ) throws(BenchFailure) {
        switch report.code.retry {
        case .no:
            throw .answer("a server refused: \(report.code.rawValue): \(report.message)")
        case .reconnect, .elsewhere: lost(connection)
        case .same:
            tally.retries[report.code.rawValue, default: 0] += 1
            guard case .number(let number)? = id, number > 0 else { return lost(connection) }
            let pause = Duration.milliseconds(report.afterMilliseconds ?? 20)
            repeats.append((UInt64(number), now + pause))
        }
    }

    static func microseconds(_ duration: Duration) -> UInt64 {
        UInt64(max(0, duration.nanoseconds / 1_000))
    }
}

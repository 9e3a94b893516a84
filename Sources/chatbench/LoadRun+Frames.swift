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
        guard connection.isOpen, let link = connection.link, let record = ledger.record(number)
        else { return }
        if connection.transport == .http { link.asked.append(number) }
        templates[Int(record.conversation)].write(
            number, clientID: ledger.clientID(of: number), mask: mask(), into: &link.out)
    }

    private mutating func write(_ frame: ClientFrame, on connection: LoadConnection) {
        guard let link = connection.link else { return }
        var text = ByteWriter(reserving: 320)
        frame.encode(into: &text)
        link.out.append(WebSocketEncoder.text(text.take(), mask: mask()))
    }

    // MARK: Reading

    mutating func readFrames(
        _ connection: LoadConnection, _ link: LoadLink, at now: Instant
    ) throws(BenchFailure) {
        while connection.link === link {
            let found: SocketScanner.Found?
            do throws(WebSocketFailure) {
                found = try link.frames.next()
            } catch {
                return lost(connection)
            }
            switch found {
            case .acknowledged(let id, let seq):
                acknowledged(id &- SendTemplate.idBase, seq: seq, on: connection, at: now)
            case .entry(let push, let id):
                connection.lastPush = push
                delivered(id, at: now)
            case .message(.text(let frame)): try receiveWhole(frame, on: connection, at: now)
            case .message(.ping(let payload)):
                link.out.append(WebSocketEncoder.pong(payload, mask: mask()))
            case .message(.close): return lost(connection)
            case .message(.binary), .message(.pong): continue
            case nil: return
            }
        }
    }

    mutating func acknowledged(
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
        case .welcome:
            if case .greeting = connection.phase { opened(connection) }
        case .ok(.number(let id), .sent(let receipt)):
            acknowledged(
                UInt64(clamping: id) &- SendTemplate.idBase, seq: receipt.seq.rawValue,
                on: connection, at: now)
        case .error(.number(let id), let report):
            let number = UInt64(clamping: id) &- SendTemplate.idBase
            let isKnown = ledger.record(number) != nil
            try refused(isKnown ? number : nil, report, on: connection, at: now)
        case .error(_, let report): try refused(nil, report, on: connection, at: now)
        case .entry(_, let entry): delivered(entry.clientID, at: now)
        case .gap: tally.gapsCount += 1
        case .goaway: lost(connection)
        case .ok, .chat, .receipt, .pong, .unknown: break
        }
    }

    mutating func opened(_ connection: LoadConnection) {
        connection.phase = .open
        dialsCount -= 1
        openCount += 1
        guard isSending || outstandingCount > 0 else { return }
        for number in ledger.unanswered(of: connection.index) { send(number, on: connection) }
    }

    /// - Parameter id: nil for what is only counted.
    private mutating func delivered(_ id: ClientMessageID?, at now: Instant) {
        tally.pushesCount += 1
        guard isMeasuring, let id, let number = ledger.number(of: id),
            let record = ledger.record(number)
        else { return }
        tally.deliveries.record(microseconds: Self.microseconds(now - record.sentAt))
    }

    /// - Parameter number: of the message that was refused, if it was one.
    mutating func refused(
        _ number: UInt64?, _ report: ErrorReport, on connection: LoadConnection, at now: Instant
    ) throws(BenchFailure) {
        switch report.code.retry {
        case .no:
            throw .answer("a server refused: \(report.code.rawValue): \(report.message)")
        case .reconnect, .elsewhere: lost(connection)
        case .same:
            tally.retries[report.code.rawValue, default: 0] += 1
            guard let number else { return lost(connection) }
            let pause = Duration.milliseconds(report.afterMilliseconds ?? 20)
            repeats.append((number, now + pause))
        }
    }

    static func microseconds(_ duration: Duration) -> UInt64 {
        UInt64(max(0, duration.nanoseconds / 1_000))
    }
}

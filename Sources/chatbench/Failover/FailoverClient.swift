import SystemIO
import Toolbox
import Vocabulary
import ZooKeeperWire

/// One ZooKeeper client that writes to the same node, one change after the other, and comes back
/// with its session whenever it loses its connection.
final class FailoverClient {
    enum Phase {
        case waiting(until: Instant)
        case connecting
        case greeting
        case open
    }

    private final class Link {
        let socket: StreamSocket

        init(to server: SocketAddress) throws(SystemCallFailure) {
            socket = try StreamSocket.connect(to: server)
        }
    }

    static let path = ZnodePath("/failover")
    private static let redialPause: Duration = .milliseconds(10)
    private static let timeoutMilliseconds: Int32 = 30_000

    private let key: UInt64
    private let server: SocketAddress
    private(set) var phase = Phase.waiting(until: Instant(nanoseconds: 0))
    private var link: Link?
    private var out = OutgoingBytes()
    private var decoder = ZooKeeperReplyDecoder()
    private var session = CoordinationSessionID.none
    private var password = ConnectResponse.noPassword
    private var lastXid: Int32 = 0
    private var sentAt = Instant(nanoseconds: 0)
    /// When the latest write that was accepted was sent.
    private(set) var acceptedSentAt: Instant?

    init(key: UInt64, server: SocketAddress) {
        self.key = key
        self.server = server
    }

    func dialIfDue(at now: Instant, _ poll: borrowing EventPoll) {
        guard case .waiting(let until) = phase, until <= now else { return }
        do throws(SystemCallFailure) {
            let link = try Link(to: server)
            try poll.add(link.socket, key: key, for: [.reading, .writing])
            self.link = link
            phase = .connecting
        } catch {
            lose(at: now)
        }
    }

    func handle(
        _ event: EventPoll.Ready, at now: Instant, _ poll: borrowing EventPoll,
        _ buffer: borrowing ReadBuffer
    ) {
        guard let link else { return }
        do throws(SystemCallFailure) {
            if case .connecting = phase {
                try link.socket.finishConnecting()
                guard event.isWritable else { return }
                try poll.change(link.socket, key: key, to: .reading)
                greet()
            }
            if event.isReadable || event.isBroken { try read(link, at: now, buffer) }
            // What is written is less than any socket's room.
            if !out.isEmpty, let link = self.link { try out.flush(to: link.socket) }
        } catch {
            lose(at: now)
        }
    }

    private func read(
        _ link: Link, at now: Instant, _ buffer: borrowing ReadBuffer
    ) throws(SystemCallFailure) {
        switch try link.socket.read(into: buffer) {
        case .wouldBlock: return
        case .ended: return lose(at: now)
        case .read(let count): decoder.append(buffer.bytes(count))
        }
        do throws(ZooKeeperStreamFailure) {
            while let output = try decoder.next() { receive(output, at: now) }
        } catch {
            lose(at: now)
        }
    }

    private func receive(_ output: ZooKeeperOutput, at now: Instant) {
        switch output {
        case .connected(let response):
            session = response.session
            password = response.password
            // Expired: a new one, on a new connection.
            guard response.timeoutMilliseconds > 0 else { return lose(at: now) }
            phase = .open
            send(.create(CreateRequest(path: Self.path, data: Bytes(), mode: .persistent)), at: now)
        case .reply(let reply):
            switch reply.header.error {
            case nil: acceptedSentAt = sentAt
            case .nodeExists: break
            default: return lose(at: now)
            }
            send(.setData(SetDataRequest(path: Self.path, data: "x")), at: now)
        case .event: break
        }
    }

    private func greet() {
        phase = .greeting
        var writer = ByteWriter()
        writer.write(
            connect: ConnectRequest(
                timeoutMilliseconds: Self.timeoutMilliseconds, session: session,
                password: password))
        out.append(writer.take())
    }

    private func send(_ request: ZooKeeperRequest, at now: Instant) {
        lastXid += 1
        sentAt = now
        var writer = ByteWriter()
        writer.write(request: RequestFrame(request, xid: Xid(lastXid)))
        out.append(writer.take())
    }

    private func lose(at now: Instant) {
        link = nil
        out = OutgoingBytes()
        decoder = ZooKeeperReplyDecoder()
        phase = .waiting(until: now + Self.redialPause)
    }
}

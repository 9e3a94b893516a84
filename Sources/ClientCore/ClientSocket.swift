import ChatWire
import HTTPWire
import Toolbox
import WebSocketWire

/// The other side does not speak HTTP or WebSocket as it should.
enum ClientSocketFailure: Error, Hashable, Sendable {
    case http(HTTPFailure)
    case webSocket(WebSocketFailure)
}

/// A client's WebSocket: asks for the upgrade, then reads and writes messages.
struct ClientSocket: Sendable {
    enum Event: Sendable {
        case upgraded
        /// The upgrade was answered by something else.
        case refused(status: Int, ErrorReport?)
        case text(Bytes)
        /// Nothing follows.
        case closed(code: UInt16)
    }

    private enum State: Sendable {
        case upgrading(HTTPResponseDecoder)
        case open(WebSocketDecoder)
        case ended
    }

    /// What asks for the upgrade.
    let request: Bytes
    private let nonce: Bytes
    private var state: State

    private static let subprotocol = "rookery.v1"
    /// A page of entries, each of whose characters may be an escape.
    private static let messageBytesMaximum = 8 << 20
    /// What a close frame without a code stands for (RFC 6455 §7.1.5).
    private static let noCode: UInt16 = 1005

    init(host: String, random: inout SeededRandom) {
        var nonce = ByteWriter(reserving: 16)
        nonce.write(random.next())
        nonce.write(random.next())
        self.nonce = nonce.take()
        var headers = HTTPHeaders()
        for field in WebSocketHandshake.requestFields(
            nonce: self.nonce, subprotocol: Self.subprotocol)
        {
            headers.append(field.name, field.value)
        }
        request = Self.request(to: host, headers)
        state = .upgrading(HTTPResponseDecoder())
    }

    private static func request(to host: String, _ headers: HTTPHeaders) -> Bytes {
        do throws(HTTPFailure) {
            let target = try HTTPTarget(parsing: APIRoute.socket.target)
            return HTTPRequest(method: .get, target: target, host: host, headers: headers).encoded()
        } catch {
            unreachable("our own target: \(error)")
        }
    }

    mutating func append(_ bytes: Bytes) {
        switch state {
        case .upgrading(var decoder):
            decoder.append(bytes)
            state = .upgrading(decoder)
        case .open(var decoder):
            state = .ended
            decoder.append(bytes)
            state = .open(decoder)
        case .ended: break
        }
    }

    /// What comes next; nil until more bytes come. Pings are answered into `output`.
    mutating func next(
        into output: inout ByteWriter, random: inout SeededRandom
    ) throws(ClientSocketFailure) -> Event? {
        switch state {
        case .upgrading(var decoder):
            let event = try upgrade(&decoder)
            if event == nil { state = .upgrading(decoder) }
            return event
        case .open(var decoder):
            state = .ended
            let event = try read(&decoder, into: &output, random: &random)
            if case .closed? = event { return event }
            state = .open(decoder)
            return event
        case .ended: return nil
        }
    }

    /// Appends a text message. Source: RFC 6455 §5.3 — what clients send is masked.
    func write(_ text: Bytes, random: inout SeededRandom, into output: inout ByteWriter) {
        output.writeRaw(WebSocketEncoder.text(text, mask: Self.mask(&random)))
    }

    /// Appends a close frame, if there is a WebSocket.
    func writeClose(random: inout SeededRandom, into output: inout ByteWriter) {
        guard case .open = state else { return }
        output.writeRaw(WebSocketEncoder.close(code: 1000, mask: Self.mask(&random)))
    }

    private mutating func upgrade(
        _ decoder: inout HTTPResponseDecoder
    ) throws(ClientSocketFailure) -> Event? {
        do throws(HTTPFailure) {
            guard let response = try decoder.next() else { return nil }
            let isOpened = WebSocketHandshake.isOpened(
                byStatus: response.status, nonce: nonce, subprotocol: Self.subprotocol,
                values: response.headers.values(of:))
            guard isOpened else {
                state = .ended
                return .refused(status: response.status, Self.report(in: response.body))
            }
        } catch {
            throw .http(error)
        }
        var messages = WebSocketDecoder(
            role: .client, limits: WebSocketLimits(messageBytesMaximum: Self.messageBytesMaximum))
        messages.append(decoder.takeRemainder())
        state = .open(messages)
        return .upgraded
    }

    private static func report(in body: Bytes) -> ErrorReport? {
        do throws(FrameFailure) {
            return try ErrorReport(decoding: body)
        } catch {
            return nil
        }
    }

    private func read(
        _ decoder: inout WebSocketDecoder, into output: inout ByteWriter,
        random: inout SeededRandom
    ) throws(ClientSocketFailure) -> Event? {
        do throws(WebSocketFailure) {
            while let message = try decoder.next() {
                switch message {
                case .text(let text): return .text(text)
                case .ping(let payload):
                    output.writeRaw(WebSocketEncoder.pong(payload, mask: Self.mask(&random)))
                case .close(let code, _): return .closed(code: code ?? Self.noCode)
                case .binary, .pong: continue
                }
            }
            return nil
        } catch {
            throw .webSocket(error)
        }
    }

    private static func mask(_ random: inout SeededRandom) -> UInt32 {
        UInt32(truncatingIfNeeded: random.next())
    }
}

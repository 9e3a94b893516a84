import Configuration
import HTTPWire
import SystemIO
import Toolbox

/// One question to one node, over a connection of its own.
///
/// connecting ──▶ sending ──▶ receiving ──▶ ended
///
/// A class, because it owns a descriptor and stands in a list with others.
final class AdminExchange {
    private enum Phase {
        case connecting
        case sending(Bytes)
        case receiving
        case ended(Result<HTTPResponse, AdminCallFailure>)
    }

    /// A chat of 10,000 members is about 0.5 MiB.
    private static let bodyBytesMaximum = 16 << 20

    let node: NodeConfiguration
    let socket: StreamSocket
    private let request: HTTPRequest
    private let address: SocketAddress
    private var phase = Phase.connecting
    private var decoder: HTTPResponseDecoder

    /// Begins to connect.
    init(
        _ node: NodeConfiguration, at address: SocketAddress, _ request: HTTPRequest
    ) throws(SystemCallFailure) {
        self.node = node
        self.address = address
        self.request = request
        decoder = HTTPResponseDecoder(
            limits: HTTPLimits(bodyBytesMaximum: Self.bodyBytesMaximum))
        socket = try StreamSocket.connect(to: address)
    }

    /// What it waits for; nil when it has ended.
    var interest: EventPoll.Interest? {
        switch phase {
        case .connecting, .sending: .writing
        case .receiving: .reading
        case .ended: nil
        }
    }

    /// What came of it; an exchange that has not ended has not been answered in time.
    func answer(after timeout: Duration) -> NodeAnswer {
        let late = "\(address) did not answer within \(timeout)"
        switch phase {
        case .connecting: return NodeAnswer(node: node, outcome: .failure(.notReached(late)))
        case .sending, .receiving:
            return NodeAnswer(node: node, outcome: .failure(.noAnswer(late + doubt)))
        case .ended(let outcome): return NodeAnswer(node: node, outcome: outcome)
        }
    }

    /// What must be said of a change that was asked for and not answered.
    private var doubt: String {
        request.method == .get ? "" : "; what was asked for may have happened"
    }

    /// Goes on as far as the socket lets it.
    func advance(_ buffer: borrowing ReadBuffer) {
        do throws(SystemCallFailure) {
            if case .connecting = phase {
                try socket.finishConnecting()
                phase = .sending(request.encoded())
            }
            if case .sending(let bytes) = phase { try send(bytes) }
            if case .receiving = phase { try receive(buffer) }
        } catch {
            fail("\(error.call) \(address): \(error.reason)")
        }
    }

    private func send(_ bytes: Bytes) throws(SystemCallFailure) {
        var failure: SystemCallFailure?
        let count = bytes.withUnsafeBytes { buffer in
            do throws(SystemCallFailure) {
                return try socket.write(buffer)
            } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw failure }
        let rest = bytes.suffix(from: count)
        phase = rest.isEmpty ? .receiving : .sending(rest)
    }

    private func receive(_ buffer: borrowing ReadBuffer) throws(SystemCallFailure) {
        while case .receiving = phase {
            switch try socket.read(into: buffer) {
            case .read(let count): decode(buffer.bytes(count), isLast: false)
            case .wouldBlock: return
            case .ended: decode(Bytes(), isLast: true)
            }
        }
    }

    private func decode(_ bytes: Bytes, isLast: Bool) {
        do throws(HTTPFailure) {
            decoder.append(bytes)
            if let response = try decoder.next() {
                phase = .ended(.success(response))
            } else if isLast {
                guard let response = try decoder.finish() else {
                    return fail("\(address) closed without an answer")
                }
                phase = .ended(.success(response))
            }
        } catch {
            phase = .ended(.failure(.unreadable("\(address) does not speak HTTP: \(error)")))
        }
    }

    private func fail(_ reason: String) {
        if case .connecting = phase {
            phase = .ended(.failure(.notReached("\(reason). Is the node running?")))
        } else {
            phase = .ended(.failure(.noAnswer(reason + doubt)))
        }
    }
}

extension SystemCallFailure {
    /// Without the call and its subject.
    fileprivate var reason: String {
        let text = description
        guard let colon = text.lastIndex(of: ":") else { return text }
        return String(text[text.index(after: colon)...].drop { $0 == " " })
    }
}

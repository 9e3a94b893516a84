import HTTPWire
import Synchronization
import SystemIO
import Testing
import Toolbox
import Vocabulary

/// A thread that answers on an admin port as it was told, one connection after the other.
/// Unchecked, since the listener is used by its own thread alone once that has started.
final class AdminResponder: ThreadBody, @unchecked Sendable {
    struct Reply: Sendable {
        var status = 200
        var body: Bytes
    }

    private static let listenerKey: UInt64 = 0
    private static let stopKey: UInt64 = 1

    let port: UInt16
    private let listener: ListeningSocket
    private let stopBell: WakeUp
    /// Answers to each `METHOD target`, in order; the last one again and again.
    private let script: Mutex<[String: [Reply]]>
    private let seen = Mutex<[HTTPRequest]>([])

    init(_ script: [String: [Reply]]) throws {
        let address = try #require(SocketAddress(host: "127.0.0.1", port: 0))
        listener = try ListeningSocket(on: address)
        port = listener.address.port
        stopBell = try WakeUp()
        self.script = Mutex(script)
    }

    /// All requests that came, in order.
    var requests: [HTTPRequest] { seen.withLock { $0 } }

    func stop() { stopBell.ring() }

    func run() {
        do {
            var poll = try EventPoll()
            try poll.add(listener, key: Self.listenerKey, for: .reading)
            try poll.add(stopBell, key: Self.stopKey, for: .reading)
            var ready: [EventPoll.Ready] = []
            while true {
                try poll.wait(timeout: nil, into: &ready)
                if ready.contains(where: { $0.key == Self.stopKey }) { return }
                while let socket = try listener.accept() { try serve(socket) }
            }
        } catch {
            Issue.record("the responder failed: \(error)")
        }
    }

    private func serve(_ socket: consuming StreamSocket) throws {
        var poll = try EventPoll(eventsMaximum: 2)
        try poll.add(socket, key: 0, for: .reading)
        var ready: [EventPoll.Ready] = []
        var decoder = HTTPRequestDecoder()
        let buffer = ReadBuffer()
        while true {
            try poll.wait(timeout: .seconds(10), into: &ready)
            guard case .read(let count) = try socket.read(into: buffer) else { return }
            decoder.append(buffer.bytes(count))
            guard let request = try decoder.next() else { continue }
            seen.withLock { $0.append(request) }
            let reply = reply(to: "\(request.method.rawValue) \(request.target.text)")
            let response = HTTPResponse(
                status: reply.status, headers: ["Connection": "close"], body: reply.body)
            _ = try response.encoded().withUnsafeBytes { bytes in
                Result { try socket.write(bytes) }
            }.get()
            return
        }
    }

    private func reply(to question: String) -> Reply {
        script.withLock { script in
            guard let replies = script[question], let first = replies.first else {
                return Reply(
                    status: 404, body: "{\"code\":\"not_found\",\"message\":\"not in the script\"}")
            }
            if replies.count > 1 { script[question] = Array(replies.dropFirst()) }
            return first
        }
    }
}

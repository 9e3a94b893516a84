import ChatWire
import HTTPWire
import Testing
import Toolbox
import Vocabulary
import WebSocketWire

/// A device with a WebSocket to one node.
struct Phone {
    let socket: Socket
    private var decoder = WebSocketDecoder(
        role: .client, limits: WebSocketLimits(messageBytesMaximum: 4 << 20))
    /// Everything that came, in order.
    private(set) var frames: [ServerFrame] = []
    private(set) var closeCode: UInt16?

    /// Connects, says hello, and waits for the welcome.
    init(_ person: Person, at node: Int, in cluster: inout Cluster) throws {
        socket = cluster.connect(node)
        var headers = HTTPHeaders()
        let nonce = Bytes([UInt8](repeating: 7, count: 16))
        for field in WebSocketHandshake.requestFields(nonce: nonce, subprotocol: "rookery.v1") {
            headers.append(field.name, field.value)
        }
        let request = HTTPRequest(
            method: .get, target: try HTTPTarget("/v1/socket"), host: "node", headers: headers)
        cluster.send(request.encoded(), on: socket)
        cluster.settle()
        var response = HTTPResponseDecoder()
        response.append(cluster.sent.removeValue(forKey: socket.connection) ?? Bytes())
        guard try response.next()?.status == 101 else { throw ClientFailure.noUpgrade }
        decoder.append(response.takeRemainder())
        say(.hello(Hello(id: .number(1), token: person.token)), in: &cluster)
        let connection = socket.connection
        _ = cluster.run { $0.sent[connection] != nil }
        try read(&cluster)
    }

    mutating func say(_ frame: ClientFrame, in cluster: inout Cluster) {
        var writer = ByteWriter()
        frame.encode(into: &writer)
        cluster.send(WebSocketEncoder.text(writer.take(), mask: 0x0102_0304), on: socket)
    }

    /// Takes what has arrived.
    mutating func read(_ cluster: inout Cluster) throws {
        decoder.append(cluster.sent.removeValue(forKey: socket.connection) ?? Bytes())
        while let message = try decoder.next() {
            switch message {
            case .text(let text): frames.append(try ServerFrame.decode(text))
            case .close(let code, _): closeCode = code
            case .binary, .ping, .pong: continue
            }
        }
    }

    var welcome: Welcome? {
        for case .welcome(let welcome) in frames { return welcome }
        return nil
    }

    /// The positions of the entries that came for a chat, in the order they came.
    func positions(of chat: ChatID) -> [UInt64] {
        frames.compactMap { frame in
            guard case .entry(_, let entry) = frame, entry.chat == chat else { return nil }
            return entry.seq.rawValue
        }
    }

    func gaps(of chat: ChatID) -> [UInt64] {
        frames.compactMap { frame in
            guard case .gap(_, chat, let head) = frame else { return nil }
            return head.rawValue
        }
    }
}

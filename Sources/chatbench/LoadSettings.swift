public import Vocabulary

/// What load a run puts on the cluster.
public struct LoadSettings: Hashable, Sendable {
    /// Whether those who are written to are connected.
    public enum Receivers: String, CaseIterable, Hashable, Sendable {
        case online
        case offline
    }

    /// How senders send. Receivers are always connected by WebSocket.
    public enum Transport: String, CaseIterable, Hashable, Sendable {
        /// `send` over a WebSocket, to which every entry of the sender's chats is pushed as well.
        case socket
        /// `POST` of each message on a connection that is kept. Nothing is pushed; a server answers
        /// one request of a connection before it reads the next.
        case http
    }

    /// Which node a sender connects to.
    public enum Place: Hashable, Sendable, CustomStringConvertible {
        /// Where `GET /v1/gateway` says.
        case home
        /// The same, with senders and chats picked so that it also leads the chat's group.
        case leaders
        /// This node, wherever the sender is at home.
        case node(NodeID)

        public var description: String {
            switch self {
            case .home: "home"
            case .leaders: "leaders"
            case .node(let node): node.digits
            }
        }
    }

    /// Sockets that send.
    public var connections = 64
    /// Messages of one connection that wait for their acknowledgement; the next is sent when one
    /// comes.
    public var inFlight = 1
    /// What is measured.
    public var seconds = 10
    /// Before that.
    public var warmUpSeconds = 2
    /// Chats, dealt to the senders.
    public var chats = 64
    /// Those who are in every chat and connected, so that each message is delivered so often; 0 for
    /// direct chats.
    public var audience = 0
    /// Each text's length; ASCII.
    public var textBytes = 100
    public var receivers = Receivers.offline
    public var place = Place.home
    public var transport = Transport.socket

    public init() {}

    /// Senders are people; what is more than one connection for each chat is another device.
    public var sendersCount: Int { min(connections, chats) }

    /// Whether deliveries are what is measured.
    public var isFanOut: Bool { audience > 0 }

    /// The case as the peers' figures name it: connections x in flight, or how many each of so many
    /// messages goes out to.
    public var caseName: String {
        if isFanOut { return "fanout\(audience)x\(connections * inFlight)" }
        return "\(connections)x\(inFlight)" + (transport == .http ? "_http" : "")
            + (receivers == .online ? "_online" : "")
    }
}

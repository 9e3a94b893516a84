public import Vocabulary

/// What load a run puts on the cluster.
public struct LoadSettings: Hashable, Sendable {
    /// Whether those who are written to are connected.
    public enum Receivers: String, CaseIterable, Hashable, Sendable {
        case online
        case offline
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
    /// Direct chats, dealt to the senders.
    public var chats = 64
    /// Each text's length; ASCII.
    public var textBytes = 100
    public var receivers = Receivers.offline
    public var place = Place.home

    public init() {}

    /// Senders are people; what is more than one connection for each chat is another device.
    public var sendersCount: Int { min(connections, chats) }

    /// The case as the peers' figures name it: connections x in flight.
    public var caseName: String { "\(connections)x\(inFlight)" }
}

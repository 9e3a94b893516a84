import Coordination
import CoordinationService
import Toolbox
import Vocabulary

/// The coordination service of a node, and what the node keeps beside it.
struct CoordinationDesk: Sendable {
    var service: CoordinationServiceInstance
    var registrar: NodeRegistrar
    var connections: Set<ConnectionID> = []
    /// What the service said while an event is being handled.
    var said: [CoordinationServiceDirective] = []
    var handover = Handover<CoordinationServiceDirective>()
    var leadership = CoordinationLeadership.unknown
    /// The last leader's term of which the copy has applied an entry, as the service knows it.
    var settledTerm = Term.zero
    /// Of the copy, as the service knows it.
    var appliedThrough = LogIndex.zero
    var installationsCount = 0
    /// Streams of which this node, leading, has refused a command: none of their later ones may go
    /// into the log.
    var refused: Set<Proposer> = []

    init(service: CoordinationServiceInstance, registrar: NodeRegistrar) {
        self.service = service
        self.registrar = registrar
    }

    var hasSaid: Bool { !said.isEmpty }

    mutating func tell(
        _ machine: CoordinationMachine,
        _ body: (
            inout CoordinationServiceInstance, CoordinationMachine,
            inout [CoordinationServiceDirective]
        ) -> Void
    ) {
        body(&service, machine, &said)
    }

    mutating func endTurn() { service.endTurn(into: &said) }

    mutating func forgetRefusals(of node: NodeID) { refused = refused.filter { $0.node != node } }

    mutating func takeSaid() -> [CoordinationServiceDirective] { handover.take(&said) }

    /// Who proposed a command: a client's connection on some node.
    struct Proposer: Hashable, Sendable {
        var node: NodeID
        var stream: CoordinationStream
    }

    // MARK: Requests that stand for streams

    /// Set in the numbers of proposals, never in those of other requests.
    private static let mark: UInt64 = 1 << 63

    static func isProposal(_ request: RequestID) -> Bool { request.rawValue & mark != 0 }

    static func request(of stream: CoordinationStream) -> RequestID {
        switch stream {
        // Nobody is told of its end.
        case .housekeeping: RequestID(mark)
        case .connection(let connection): RequestID(mark | connection.rawValue)
        }
    }

    static func stream(of request: RequestID) -> CoordinationStream {
        let connection = request.rawValue & ~mark
        return .connection(ConnectionID(connection))
    }
}

extension CommandFailure {
    /// As it travels between nodes.
    var code: UInt8 {
        switch self {
        case .noLeader: 1
        case .overloaded: 2
        case .unknown: 3
        }
    }

    init?(code: UInt8) {
        switch code {
        case 1: self = .noLeader
        case 2: self = .overloaded
        case 3: self = .unknown
        default: return nil
        }
    }
}

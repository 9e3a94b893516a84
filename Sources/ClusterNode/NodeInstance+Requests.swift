import CoordinationService
import Peering
import Gateway
import Membership
import Messages
import PeerWire
import Replication
import Routing
import Toolbox
import Vocabulary

/// Requests: from the gateway and from the node itself, through the router, to a group's leader.
extension NodeInstance {
    /// Sends a request on its way; `purpose` says who is told of its end.
    mutating func submit(
        _ payload: Bytes, to group: ReplicaGroupID, as kind: RoutedRequest.Kind,
        _ repetition: Repetition, for purpose: Errands.Purpose, at moment: Moment
    ) {
        let request = nextRequest()
        errands.purposes[request] = purpose
        router.submit(
            RoutedRequest(request: request, group: group, stream: 0, kind: kind, payload: payload),
            repetition, at: moment.monotonic, into: &routerDirectives)
    }

    mutating func carryOutRouter(at moment: Moment, into directives: inout [NodeDirective]) {
        let said = routerHandover.take(&routerDirectives)
        for directive in said {
            switch directive {
            case .dispatch(let request, let node) where node == plan.node:
                take(request, from: node, at: moment)
            case .dispatch(let request, let node):
                guard peering.isOpen(node, .bulk) else {
                    router.received(
                        .notLeader(leader: nil), for: request.request, from: node,
                        at: moment.monotonic, into: &routerDirectives)
                    continue
                }
                tell(
                    node, .bulk,
                    PeerSection(kind: .request, group: request.group, body: request.encoded()))
            case .answer(let request, let outcome):
                guard let purpose = errands.purposes.removeValue(forKey: request) else { continue }
                errandEnded(purpose, outcome, at: moment, into: &directives)
            }
        }
        routerHandover.giveBack(said)
    }

    /// A request for a group's leader arrives here.
    mutating func take(_ request: RoutedRequest, from node: NodeID, at moment: Moment) {
        let requester = Requester(node: node, request: request.request)
        guard isReady, stopping == nil, replicas.isLeader(of: request.group),
            intake.takes(request, from: node)
        else {
            intake.refuse(request, from: node)
            let leader = replicas.leader(of: request.group)
            let hint = leader == plan.node ? nil : leader
            finish(requester, .notLeader(leader: hint), of: request.group, at: moment)
            return
        }
        switch request.kind {
        case .query: replicas.ask(request.payload, for: requester, in: request.group)
        case .decision:
            errands.decisions.insert(requester)
            replicas.propose(request.payload, for: requester, in: request.group)
        case .command: replicas.propose(request.payload, for: requester, in: request.group)
        }
    }

    // MARK: The end of an errand

    private mutating func errandEnded(
        _ purpose: Errands.Purpose, _ outcome: RouteOutcome, at moment: Moment,
        into directives: inout [NodeDirective]
    ) {
        switch purpose {
        case .gateway(let request, let shape):
            let answer = GatewayAnswer(outcome, shape)
            gateway.answered(request, answer, at: moment, into: &gatewayDirectives)
        case .heads(let request, let group):
            headsArrived(request, group, outcome, at: moment)
        case .courier(let chat, let version):
            shardAnswered(chat, version, outcome, at: moment, into: &directives)
        case .delivered(let chat, let version):
            deliveryRecorded(chat, version, outcome, at: moment)
        case .admin(let connection, let errand):
            adminErrandEnded(connection, errand, outcome, at: moment)
        case .marks: break
        case .barrier(let barrier): barrierEnded(barrier, outcome, at: moment)
        }
    }
}

/// Requests of this node that are under way, and what their answers are for.
struct Errands: Sendable {
    enum Purpose: Sendable {
        case gateway(RequestID, AnswerShape)
        case heads(RequestID, ReplicaGroupID)
        /// A change on its way to its shard.
        case courier(ChatID, version: UInt64)
        case admin(ConnectionID, AdminErrand)
        case barrier(CoordinationBarrier)
        /// That the shard has a change, on its way to the outbox.
        case delivered(ChatID, version: UInt64)
        case marks
    }

    /// How an answer's bytes are to be read.
    enum AnswerShape: Sendable {
        case membershipReply, membershipAnswer, messageReply, messageAnswer
    }

    var purposes = HashTable<RequestID, Purpose>()
    /// Decisions taken here whose replies wait for the shard.
    var decisions: Set<Requester> = []
    var heads: SortedMap<RequestID, HeadsErrand> = SortedMap()
}

/// One list of heads, put together from the groups that hold the chats.
struct HeadsErrand: Sendable {
    /// Questions that are not answered yet.
    var awaited = 0
    var positions: SortedMap<ReplicaGroupID, LogIndex> = SortedMap()
    var heads: [ChatHead] = []
    var failure: GatewayFailure?
}

extension GatewayAnswer {
    init(_ outcome: RouteOutcome, _ shape: Errands.AnswerShape) {
        switch outcome {
        case .done(let bytes): self = Self.decode(bytes, shape)
        case .noLeader: self = .failed(.noQuorum)
        case .unknown: self = .failed(.timeout)
        case .overloaded: self = .failed(.overloaded)
        }
    }

    private static func decode(_ bytes: Bytes, _ shape: Errands.AnswerShape) -> GatewayAnswer {
        do throws(DecodeFailure) {
            return switch shape {
            case .membershipReply: .membership(try MembershipReply(decoding: bytes))
            case .membershipAnswer: .found(try MembershipAnswer(decoding: bytes))
            case .messageReply: .message(try MessageReply(decoding: bytes))
            case .messageAnswer: .page(try MessageAnswer(decoding: bytes))
            }
        } catch {
            // A node of another version answered: what it did is not known here.
            return .failed(.timeout)
        }
    }
}

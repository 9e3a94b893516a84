import Coordination
import CoordinationService
import PeerWire
import Placement
import Raft
import Replication
import Toolbox
import Vocabulary
import ZooKeeperWire

/// Commands of coordination clients on their way to the group's leader.
///
/// They go straight there, and are never sent twice: what comes of one shows when this node's own
/// copy applies it. Only failures travel back.
extension NodeInstance {
    mutating func propose(_ command: Bytes, of stream: CoordinationStream, at moment: Moment) {
        switch coordination?.leadership {
        case .own(let term):
            if case .housekeeping(let wanted) = stream, wanted != term { return }
            take(
                command, of: CoordinationDesk.Proposer(node: plan.node, stream: stream), at: moment)
        case .other(let leader, _):
            // The leader's own work is not another's.
            if case .housekeeping = stream { return }
            var writer = ByteWriter(reserving: 8 + command.count)
            writer.write(CoordinationDesk.request(of: stream).rawValue)
            writer.writeRaw(command)
            tell(
                leader, .bulk,
                PeerSection(
                    kind: .proposal, group: GroupNumbers.coordination, body: writer.take()))
        case .unknown, nil:
            fail(CoordinationDesk.Proposer(node: plan.node, stream: stream), .noLeader, at: moment)
        }
    }

    mutating func receiveProposal(
        _ section: PeerSection, from node: NodeID, at moment: Moment
    ) throws(DecodeFailure) {
        var reader = ByteReader(section.body)
        let request = RequestID(try reader.read())
        let command = try reader.readRaw(section.body.count - 8)
        take(
            command,
            of: CoordinationDesk.Proposer(
                node: node, stream: CoordinationDesk.stream(of: request)),
            at: moment)
    }

    /// A command arrives where the leader may be.
    private mutating func take(
        _ command: Bytes, of proposer: CoordinationDesk.Proposer, at moment: Moment
    ) {
        let group = GroupNumbers.coordination
        guard isReady, stopping == nil, replicas.isLeader(of: group), !isRefused(proposer) else {
            return fail(proposer, .noLeader, at: moment)
        }
        let request = CoordinationDesk.request(of: proposer.stream)
        replicas.propose(
            command, for: Requester(node: proposer.node, request: request), in: group)
    }

    /// Whether an earlier command of the stream was refused here.
    private func isRefused(_ proposer: CoordinationDesk.Proposer) -> Bool {
        #if PLANTED_FAULTS
            if plan.settings.plantedFault == .refusedStreamGoesOn { return false }
        #endif
        return coordination?.refused.contains(proposer) ?? true
    }

    /// The log has decided about a command, or refused it.
    mutating func proposalEnded(
        _ requester: Requester, _ reply: ReplicaReply, at moment: Moment
    ) {
        let failure: CommandFailure
        switch reply {
        case .done: return
        case .notLeader: failure = .noLeader
        case .overloaded: failure = .overloaded
        case .lost, .unknown: failure = .unknown
        }
        let stream = CoordinationDesk.stream(of: requester.request)
        fail(
            CoordinationDesk.Proposer(node: requester.node, stream: stream), failure, at: moment)
    }

    private mutating func fail(
        _ proposer: CoordinationDesk.Proposer, _ failure: CommandFailure, at moment: Moment
    ) {
        // The leader's own commands come again; a client's stream is over.
        if case .housekeeping = proposer.stream { return }
        coordination?.refused.insert(proposer)
        guard proposer.node != plan.node else {
            return proposalFailed(proposer.stream, failure, at: moment)
        }
        var writer = ByteWriter(reserving: 9)
        writer.write(CoordinationDesk.request(of: proposer.stream).rawValue)
        writer.write(failure.code)
        tell(
            proposer.node, .bulk,
            PeerSection(
                kind: .proposalFailed, group: GroupNumbers.coordination, body: writer.take()))
    }

    mutating func receiveFailedProposal(
        _ section: PeerSection, at moment: Moment
    ) throws(DecodeFailure) {
        var reader = ByteReader(section.body)
        let request = RequestID(try reader.read())
        let code = try reader.read(UInt8.self)
        guard let failure = CommandFailure(code: code) else {
            throw .invalid(what: "failure \(code)", offset: reader.offset - 1)
        }
        try reader.expectEnd()
        proposalFailed(CoordinationDesk.stream(of: request), failure, at: moment)
    }

    /// What a client here asked for came to nothing, or nobody knows.
    mutating func proposalFailed(
        _ stream: CoordinationStream, _ failure: CommandFailure, at moment: Moment
    ) {
        tellCoordination { service, _, directives in
            service.commandFailed(stream, why: failure, at: moment, into: &directives)
        }
    }

    // MARK: Touches

    mutating func tellTouches(_ sessions: [CoordinationSessionID], to node: NodeID) {
        var writer = ByteWriter(reserving: 4 + 8 * sessions.count)
        writer.writeList(sessions) { writer, session in writer.write(session.rawValue) }
        tell(
            node, .bulk,
            PeerSection(kind: .touches, group: GroupNumbers.coordination, body: writer.take()))
    }

    mutating func receiveTouches(
        _ section: PeerSection, from node: NodeID, at moment: Moment
    ) throws(DecodeFailure) {
        var reader = ByteReader(section.body)
        let sessions = try reader.readList { (reader) throws(DecodeFailure) in
            CoordinationSessionID(try reader.read())
        }
        try reader.expectEnd()
        tellCoordination { service, _, directives in
            service.touched(sessions, at: moment, into: &directives)
        }
    }
}

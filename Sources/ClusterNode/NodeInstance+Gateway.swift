import Gateway
import Membership
import Messages
import PeerWire
import Routing
import Toolbox
import Vocabulary

/// The gateway's words in those of the shell, the peers and the groups.
extension NodeInstance {
    mutating func handleClient(
        _ event: NodeEvent, at moment: Moment, into directives: inout [NodeDirective]
    ) {
        switch event {
        case .clientConnected(let connection, .admin):
            admin.connected(connection)
        case .clientConnected(let connection, .chat):
            gateway.clientConnected(connection, at: moment, into: &gatewayDirectives)
        case .coordinationClientConnected(let connection, let address):
            guard coordination != nil else { return directives.append(.closeClient(connection)) }
            coordinationConnected(connection, from: address, at: moment)
        case .clientReceived(let connection, let bytes) where isCoordination(connection):
            coordinationReceived(connection, bytes, at: moment)
        case .clientBacklog(let connection, let bytes) where isCoordination(connection):
            coordinationBacklog(connection, bytes, at: moment)
        case .clientClosed(let connection) where isCoordination(connection):
            coordinationClosed(connection)
        case .clientReceived(let connection, let bytes) where admin.has(connection):
            receiveAdmin(connection, bytes, at: moment, into: &directives)
        case .clientReceived(let connection, let bytes):
            gateway.clientReceived(connection, bytes, at: moment, into: &gatewayDirectives)
        case .clientBacklog(let connection, let bytes) where !admin.has(connection):
            gateway.clientBacklogChanged(
                connection, queuedBytes: bytes, at: moment, into: &gatewayDirectives)
        case .clientClosed(let connection) where admin.has(connection):
            admin.closed(connection)
        case .clientClosed(let connection):
            gateway.clientClosed(connection, at: moment, into: &gatewayDirectives)
        case .clientBacklog, .peerAccepted, .peerDialled, .peerDialFailed, .peerReceived,
            .peerBacklog, .peerClosed, .storageCompleted, .storageFailed, .workCompleted,
            .shutdownRequested:
            break
        }
    }

    mutating func carryOutGateway(at moment: Moment, into directives: inout [NodeDirective]) {
        let said = gatewayHandover.take(&gatewayDirectives)
        for directive in said {
            switch directive {
            case .send(let connection, let bytes):
                directives.append(.sendToClient(connection, bytes))
            case .close(let connection): directives.append(.closeClient(connection))
            case .tell(let node, let message):
                tell(
                    node, .bulk,
                    PeerSection(
                        kind: .edgeHome, group: ReplicaGroupID(0), body: message.encode()))
            case .ask(let request, let question): ask(question, for: request, at: moment)
            case .work(let request, let work):
                startWork(WorkRequest(work), for: .gateway(request), into: &directives)
            }
        }
        gatewayHandover.giveBack(said)
    }

    private mutating func ask(
        _ question: GatewayQuestion, for request: RequestID, at moment: Moment
    ) {
        guard let membership = plan.membershipGroup?.id else {
            unreachable("a cluster without a membership group")
        }
        switch question {
        case .decide(let command):
            submit(
                command.encoded(), to: membership, as: .decision, command.repetition,
                for: .gateway(request, .membershipReply), at: moment)
        case .lookUp(let query):
            submit(
                query.encoded(), to: membership, as: .query, .harmless,
                for: .gateway(request, .membershipAnswer), at: moment)
        case .command(.mark(let list), let chat):
            for mark in list { marks.add(mark, to: group(of: chat), at: moment.monotonic) }
            gateway.answered(request, .message(.marked), at: moment, into: &gatewayDirectives)
        case .command(let command, let chat):
            submit(
                command.encoded(), to: group(of: chat), as: .command, .harmless,
                for: .gateway(request, .messageReply), at: moment)
        case .query(let query, let chat):
            submit(
                query.encoded(), to: group(of: chat), as: .query, .harmless,
                for: .gateway(request, .messageAnswer), at: moment)
        case .heads(let user, let chats, let since):
            askHeads(of: user, chats, since, for: request, at: moment)
        }
    }

    // MARK: Heads

    /// Chats of one question: the answer holds the last entry of each, and must fit one frame.
    private static let headsChatsMaximum = 32

    /// Asks each group that holds some of the chats.
    private mutating func askHeads(
        of user: UserID, _ chats: [ChatID], _ since: [HeadsPosition], for request: RequestID,
        at moment: Moment
    ) {
        var byGroup: SortedMap<ReplicaGroupID, [ChatID]> = SortedMap()
        for chat in chats { byGroup[group(of: chat), default: []].append(chat) }
        guard !byGroup.isEmpty else {
            gateway.answered(
                request, .heads(positions: [], []), at: moment, into: &gatewayDirectives)
            return
        }
        var errand = HeadsErrand()
        for (group, chats) in byGroup {
            let position = since.first { $0.group == group }?.index ?? .zero
            for start in stride(from: 0, to: chats.count, by: Self.headsChatsMaximum) {
                let some = Array(chats[start..<min(start + Self.headsChatsMaximum, chats.count)])
                errand.awaited += 1
                submit(
                    MessageQuery.heads(user: user, chats: some, since: position).encoded(),
                    to: group, as: .query, .harmless, for: .heads(request, group), at: moment)
            }
        }
        errands.heads[request] = errand
    }

    mutating func headsArrived(
        _ request: RequestID, _ group: ReplicaGroupID, _ outcome: RouteOutcome, at moment: Moment
    ) {
        guard var errand = errands.heads[request] else { return }
        errand.awaited -= 1
        switch GatewayAnswer(outcome, .messageAnswer) {
        case .page(.heads(let index, let heads)):
            // The answers may be of different positions: what holds for all of them counts.
            errand.positions[group] = min(errand.positions[group] ?? index, index)
            errand.heads += heads
        case .failed(let failure): errand.failure = failure
        case .page, .membership, .found, .message, .heads: errand.failure = .timeout
        }
        guard errand.awaited == 0 else {
            errands.heads[request] = errand
            return
        }
        errands.heads.removeValue(forKey: request)
        let answer: GatewayAnswer =
            if let failure = errand.failure { .failed(failure) } else {
                .heads(
                    positions: errand.positions.map {
                        HeadsPosition(group: $0.key, index: $0.value)
                    },
                    errand.heads)
            }
        gateway.answered(request, answer, at: moment, into: &gatewayDirectives)
    }

    mutating func proposeMarks(at moment: Moment) {
        for (group, marks) in marks.take(at: moment.monotonic) {
            submit(
                MessageCommand.mark(marks).encoded(), to: group, as: .command, .harmless,
                for: .marks, at: moment)
        }
    }
}

extension WorkRequest {
    init(_ work: GatewayWork) {
        switch work {
        case .hash(let password): self = .hash(password: password)
        case .verify(let password, let hash): self = .verify(password: password, hash: hash)
        }
    }
}

extension MembershipCommand {
    /// Whether doing it twice is doing it once.
    var repetition: Repetition {
        switch self {
        case .createDirect, .delivered: .harmless
        case .createGroup(let creation): creation.key.isEmpty ? .harmful : .harmless
        // A copy of an addition that comes late would bring back whom somebody has removed since.
        case .register, .openDevice, .setMember, .removeMember: .harmful
        }
    }
}

import Coordination
import CoordinationService
import LogStorage
import PeerWire
import Peering
import Placement
import Raft
import Replication
import Routing
import Toolbox
import Vocabulary
import ZooKeeperWire

/// The coordination service's words in those of the shell, the peers and the group.
extension NodeInstance {
    func isCoordination(_ connection: ConnectionID) -> Bool {
        coordination?.connections.contains(connection) ?? false
    }

    // MARK: Clients

    mutating func coordinationConnected(
        _ connection: ConnectionID, from address: Bytes, at moment: Moment
    ) {
        coordination?.connections.insert(connection)
        guard replicas.coordination != nil, stopping == nil, isReady else {
            coordination?.said.append(.close(connection))
            return
        }
        tellCoordination { service, _, directives in
            service.connected(connection, address: address, at: moment, into: &directives)
        }
    }

    mutating func coordinationReceived(
        _ connection: ConnectionID, _ bytes: Bytes, at moment: Moment
    ) {
        tellCoordination { service, machine, directives in
            service.received(
                bytes, on: connection, machine: machine, at: moment, into: &directives)
        }
    }

    mutating func coordinationBacklog(
        _ connection: ConnectionID, _ bytes: Int, at moment: Moment
    ) {
        tellCoordination { service, machine, directives in
            service.backlogChanged(
                connection, bytes: bytes, machine: machine, at: moment, into: &directives)
        }
    }

    mutating func coordinationClosed(_ connection: ConnectionID) {
        coordination?.connections.remove(connection)
        coordination?.service.closed(connection)
    }

    /// The node stops: its clients find another one, and their sessions live on.
    mutating func closeCoordinationClients(into directives: inout [NodeDirective]) {
        for connection in (coordination?.connections ?? []).sorted() {
            coordinationClosed(connection)
            directives.append(.closeClient(connection))
        }
    }

    // MARK: The copy

    /// A copy began on this node, perhaps with what the disk knew.
    mutating func coordinationCopyBegan(at moment: Moment) {
        coordination?.installationsCount = replicas.coordination?.installationsCount ?? 0
        coordination?.appliedThrough = replicas.coordination?.applied ?? .zero
        let through = coordination?.appliedThrough ?? .zero
        tellCoordination { service, machine, directives in
            service.restored(through: through, machine: machine, at: moment, into: &directives)
        }
        tablesDidChange(at: moment)
    }

    /// The copy may have applied entries, or follow another leader.
    mutating func followCoordination(at moment: Moment) {
        guard let applied = replicas.coordination?.applied,
            let told = coordination?.appliedThrough
        else { return }
        if let installations = replicas.coordination?.installationsCount,
            installations != coordination?.installationsCount
        {
            _ = replicas.coordination?.takePlainEffects()
            coordination?.installationsCount = installations
            coordination?.appliedThrough = applied
            #if PLANTED_FAULTS
                if plan.settings.plantedFault == .installationGoesUntold {
                    return tellCoordination { service, machine, directives in
                        service.applied(
                            [], through: applied, machine: machine, at: moment, into: &directives)
                    }
                }
            #endif
            tellCoordination { service, machine, directives in
                service.restored(
                    through: applied, machine: machine, at: moment, into: &directives)
            }
            tablesDidChange(at: moment)
        } else if applied > told {
            let effects = replicas.coordination?.takePlainEffects() ?? []
            coordination?.appliedThrough = applied
            tellCoordination { service, machine, directives in
                service.applied(
                    effects, through: applied, machine: machine, at: moment, into: &directives)
            }
            if effects.contains(where: \.changesTables) { tablesDidChange(at: moment) }
        }
        noteCoordinationLeader(at: moment)
        controllerMayChange(at: moment)
        answerInquiries(at: moment)
    }

    private func coordinationLeadership() -> CoordinationLeadership {
        guard let leader = replicas.coordination?.leader, let term = replicas.coordination?.term
        else { return .unknown }
        if leader == plan.node {
            return replicas.coordination?.isLeader == true ? .own(term) : .unknown
        }
        #if PLANTED_FAULTS
            if plan.settings.plantedFault == .brokenLinkGoesUnnoticed {
                return .other(leader, term)
            }
        #endif
        // Commands that were on a link that broke may be lost, and later ones must not follow.
        return peering.isOpen(leader, .bulk) ? .other(leader, term) : .unknown
    }

    private mutating func noteCoordinationLeader(at moment: Moment) {
        changeCoordinationLeader(at: moment)
        settleCoordinationLeader(at: moment)
    }

    /// Behind the first entry of a leader's own term nothing of an earlier leader's can follow.
    private mutating func settleCoordinationLeader(at moment: Moment) {
        guard let term = coordination?.leadership.term, coordination?.settledTerm != term,
            replicas.coordination?.appliedTerm == term
        else { return }
        coordination?.settledTerm = term
        tellCoordination { service, _, directives in
            service.leaderSettled(at: moment, into: &directives)
        }
    }

    private mutating func changeCoordinationLeader(at moment: Moment) {
        let leadership = coordinationLeadership()
        guard coordination?.leadership != leadership else { return }
        coordination?.leadership = leadership
        coordination?.refused = []
        tellCoordination { service, machine, directives in
            service.leaderChanged(
                to: leadership, machine: machine, at: moment, into: &directives)
        }
    }

    mutating func coordinationPeerLost(_ node: NodeID, at moment: Moment) {
        // What was under way on the link is lost; of those streams nothing follows, for the other
        // node sends nothing more of a client before it knows what became of that.
        coordination?.forgetRefusals(of: node)
        noteCoordinationLeader(at: moment)
    }

    mutating func coordinationTimeDidAdvance(at moment: Moment) {
        guard isReady, coordination != nil else { return }
        noteCoordinationLeader(at: moment)
        keepRegistered(at: moment)
        controllerTimeDidAdvance(at: moment)
        tellCoordination { service, machine, directives in
            service.timeDidAdvance(to: moment, machine: machine, into: &directives)
        }
    }

    // MARK: Turns

    /// The reads of this turn learn what is committed: at once where this node certainly leads.
    mutating func askCoordinationBarrier(at moment: Moment) {
        guard let barrier = coordination?.service.takeBarrier() else { return }
        askBarrier(barrier, at: moment)
    }

    private mutating func askBarrier(_ barrier: CoordinationBarrier, at moment: Moment) {
        #if PLANTED_FAULTS
            if plan.settings.plantedFault == .readServedWithoutBarrier {
                let index = coordination?.appliedThrough ?? .zero
                return tellCoordination { service, machine, directives in
                    service.readReached(
                        barrier, at: index, machine: machine, at: moment, into: &directives)
                }
            }
        #endif
        guard let index = replicas.coordination?.leaseReadIndex(at: moment.monotonic) else {
            submit(
                Bytes(), to: GroupNumbers.coordination, as: .query, .harmless,
                for: .barrier(barrier), at: moment)
            return
        }
        tellCoordination { service, machine, directives in
            service.readReached(
                barrier, at: index, machine: machine, at: moment, into: &directives)
        }
    }

    mutating func barrierEnded(
        _ barrier: CoordinationBarrier, _ outcome: RouteOutcome, at moment: Moment
    ) {
        let index: LogIndex?
        if case .done(let bytes) = outcome { index = Self.readIndex(bytes) } else { index = nil }
        tellCoordination { service, machine, directives in
            if let index {
                service.readReached(
                    barrier, at: index, machine: machine, at: moment, into: &directives)
            } else {
                service.readFailed(barrier, at: moment, into: &directives)
            }
        }
    }

    static func readIndex(_ bytes: Bytes) -> LogIndex? {
        do throws(DecodeFailure) {
            return try CoordinationCounts(decoding: bytes).through
        } catch {
            // A node of another version answered: what is committed is not known here.
            return nil
        }
    }

    mutating func endCoordinationTurn(at moment: Moment, into directives: inout [NodeDirective]) {
        coordination?.endTurn()
        settle(at: moment, into: &directives)
    }

    // MARK: What it wants

    mutating func carryOutCoordination(
        at moment: Moment, into directives: inout [NodeDirective]
    ) {
        let said = coordination?.takeSaid() ?? []
        for directive in said {
            switch directive {
            case .send(let connection, let bytes):
                guard !registrarReceived(bytes, on: connection, at: moment) else { continue }
                directives.append(.sendToClient(connection, bytes))
            case .close(let connection):
                guard !registrarClosed(connection, at: moment) else { continue }
                coordination?.connections.remove(connection)
                directives.append(.closeClient(connection))
            case .pause(let connection): directives.append(.pauseClient(connection))
            case .resume(let connection): directives.append(.resumeClient(connection))
            case .propose(let command, let stream): propose(command, of: stream, at: moment)
            case .readBarrier(let barrier): askBarrier(barrier, at: moment)
            case .tellLeader(let node, let sessions): tellTouches(sessions, to: node)
            case .reconfigure(let wish):
                reconfigure(wish, at: moment, into: &directives)
            case .word(let connection, let word):
                let vitals = coordinationVitals(at: moment)
                tellCoordination { service, machine, directives in
                    service.answer(
                        word, on: connection, vitals: vitals, machine: machine, into: &directives)
                }
            case .observe(let observation):
                directives.append(.observe(.coordination(observation)))
            }
        }
        coordination?.handover.giveBack(said)
    }

    /// Hands the service something, with the tree as it stands.
    mutating func tellCoordination(
        _ body: (
            inout CoordinationServiceInstance, CoordinationMachine,
            inout [CoordinationServiceDirective]
        ) -> Void
    ) {
        guard let machine = replicas.coordination?.machine else { return }
        coordination?.tell(machine, body)
    }
}

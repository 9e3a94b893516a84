import Coordination
import Toolbox
import Vocabulary
import ZooKeeperWire

// A connection's first frame: which session it is for.
extension CoordinationServiceInstance {
    mutating func begin(
        _ request: ConnectRequest, _ slot: Int, _ machine: CoordinationMachine,
        into directives: inout [CoordinationServiceDirective]
    ) {
        if request.session != .none,
            !passwords.isPassword(request.password, of: request.session)
        {
            directives.append(.observe(.wrongPassword(request.session)))
            #if PLANTED_FAULTS
                if plantedFault == .wrongPasswordKicksOwner {
                    propose(
                        .attachSession(
                            request.session, timeoutMilliseconds: 4_000, owner: owner(of: slot)),
                        slot, into: &directives)
                }
            #endif
            // Nothing has happened to the session: who knows only its number can do it no harm.
            return refuse(request, slot, into: &directives)
        }
        table[slot].stage = .waiting(request, since: now.monotonic)
        if !tryToOpen(slot, into: &directives) {
            awaitingState.append(table[slot].id)
        }
    }

    /// Goes on with handshakes that waited for a leader, or for an entry.
    mutating func tryWaitingHandshakes(into directives: inout [CoordinationServiceDirective]) {
        guard !awaitingState.isEmpty else { return }
        let waiting = awaitingState
        awaitingState = []
        for id in waiting {
            guard let slot = table.slot(of: id) else { continue }
            if !tryToOpen(slot, into: &directives) { awaitingState.append(id) }
        }
    }

    /// False if it must wait.
    private mutating func tryToOpen(
        _ slot: Int, into directives: inout [CoordinationServiceDirective]
    ) -> Bool {
        guard case .waiting(let request, let since) = table[slot].stage else { return true }
        guard hasLeader else {
            guard isReadOnlyMode else { return false }
            openReadOnly(request, slot, into: &directives)
            return true
        }
        // Who has seen a later state must not be shown an earlier one.
        guard request.lastZxidSeen <= zxid else {
            guard now.monotonic - since >= settings.behindPatience else { return false }
            drop(slot, into: &directives)
            return true
        }
        table[slot].stage = .opening(request)
        let timeout = negotiated(request.timeoutMilliseconds)
        let command: CoordinationCommand =
            request.session == .none
            ? .openSession(.none, timeoutMilliseconds: timeout, owner: owner(of: slot))
            : .attachSession(
                request.session, timeoutMilliseconds: timeout, owner: owner(of: slot))
        propose(command, slot, into: &directives)
        return true
    }

    private func negotiated(_ milliseconds: Int32) -> Int32 {
        min(
            max(milliseconds, Self.milliseconds(settings.sessionTimeoutMinimum)),
            Self.milliseconds(settings.sessionTimeoutMaximum))
    }

    static func milliseconds(_ duration: Duration) -> Int32 {
        Int32(clamping: duration.nanoseconds / 1_000_000)
    }

    func owner(of slot: Int) -> CoordinationOwner {
        CoordinationOwner(node: node, incarnation: incarnation, connection: table[slot].id)
    }

    /// What the log says to an opening.
    mutating func opened(
        _ reply: CoordinationReply, answering request: ConnectRequest, _ slot: Int,
        into directives: inout [CoordinationServiceDirective]
    ) {
        guard let session = reply.requester?.session else { return }
        switch reply.outcome {
        case .sessionOpened(let timeout), .sessionAttached(let timeout):
            let response = ConnectResponse(
                timeoutMilliseconds: timeout, session: session,
                password: passwords.password(of: session),
                isReadOnly: request.acceptsReadOnly == nil ? nil : false)
            open(response, slot)
        case .refused(.sessionExpired): refuse(request, slot, into: &directives)
        case .refused, .sessionClosed, .sessionClosing, .created, .createdWithStat, .deleted,
            .dataSet, .accessSet, .multi, .sessionsExpired, .closingContinued, .reaped:
            drop(slot, into: &directives)
        }
    }

    private mutating func open(_ response: ConnectResponse, _ slot: Int) {
        table[slot].stage = .open
        table[slot].session = response.session
        table[slot].timeoutMilliseconds = response.timeoutMilliseconds
        write(slot) { $0.write(connected: response) }
        ready.append(slot)
    }

    /// Tells a client that its session is over, for whatever reason.
    private mutating func refuse(
        _ request: ConnectRequest, _ slot: Int,
        into directives: inout [CoordinationServiceDirective]
    ) {
        write(slot) { $0.write(connected: .expired(answering: request)) }
        drop(slot, into: &directives)
    }

    /// A session of this node alone, that ends with its connection.
    private mutating func openReadOnly(
        _ request: ConnectRequest, _ slot: Int,
        into directives: inout [CoordinationServiceDirective]
    ) {
        guard request.acceptsReadOnly == true, request.lastZxidSeen <= zxid else {
            return drop(slot, into: &directives)
        }
        table[slot].isReadOnly = true
        var session = request.session
        if session == .none {
            readOnlySessions += 1
            session = CoordinationSessionID(
                Self.localMark | Int64(node.rawValue) << 32 | readOnlySessions)
        }
        open(
            ConnectResponse(
                timeoutMilliseconds: negotiated(request.timeoutMilliseconds), session: session,
                password: passwords.password(of: session), isReadOnly: true),
            slot)
    }

    /// Stands in front of the numbers of sessions that one node alone knows.
    private static let localMark: Int64 = 0x0200_0000_0000_0000

    static func isLocal(_ session: CoordinationSessionID) -> Bool {
        session.rawValue >> 56 == localMark >> 56
    }
}

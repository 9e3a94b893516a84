import Raft
import Toolbox
import VirtualWorld
import Vocabulary

/// Operations from the clients' side and from the hosts'.
extension RaftWorld {
    // MARK: At the client

    mutating func beginClients() {
        for client in clients.all.indices { scheduleClient(client) }
    }

    private mutating func scheduleClient(_ client: Int) {
        let pause = 1 + clients.random.delay(around: layout.thinkTime)
        events.schedule(
            .client(client, operation: clients.all[client].operation),
            at: now.advanced(by: pause))
    }

    /// A client begins something, or has waited long enough.
    mutating func run(_ client: Int, _ operation: UInt32) {
        guard clients.all[client].operation == operation else { return }
        if clients.all[client].isWaiting {
            guard now.nanoseconds >= clients.all[client].givesUpAt else { return }
            return askAgain(client, clients.random.below(hosts.count))
        }
        guard !clients.isResting else { return }
        let isRead = clients.random.below(100) < layout.readPercent
        begin(client, isRead ? .read : .write(count: 1))
    }

    mutating func begin(_ client: Int, _ kind: OperationKind) {
        guard !clients.all[client].isWaiting else { return }
        clients.begin(client, kind)
        transcript.mix(UInt64(bitPattern: now.nanoseconds), 0xC11E << 32 | UInt64(client))
        ask(client)
    }

    private mutating func askAgain(_ client: Int, _ target: Int) {
        clients.all[client].attempts += 1
        clients.all[client].target = target
        if case .read = clients.all[client].kind {
            // A read that was not answered never was; a new one takes its place.
            clients.begin(client, .read)
        }
        ask(client)
    }

    private mutating func ask(_ client: Int) {
        let asked = clients.all[client]
        let deadline = now.advanced(by: ClientCrowd.patience)
        clients.all[client].givesUpAt = deadline.nanoseconds
        let request = ClientRequest(
            client: client, operation: asked.operation, kind: asked.kind)
        let delay = 20 * Nanoseconds.microsecond + clients.random.delay(around: layout.delayMean)
        events.schedule(.request(request, host: asked.target), at: now.advanced(by: delay))
        events.schedule(.client(client, operation: asked.operation), at: deadline)
    }

    /// What a client is told.
    mutating func hear(_ answer: ClientAnswer) {
        let client = answer.client
        guard clients.all[client].isWaiting, clients.all[client].operation == answer.operation
        else { return }
        switch answer.outcome {
        case .done(let index):
            transcript.mix(UInt64(bitPattern: now.nanoseconds), index.rawValue)
            clients.end(client, at: index, into: &violations)
            if !clients.isResting { scheduleClient(client) }
        case .refused(let leader):
            let isKnown = leader != nil && leader != clients.all[client].target
            clients.all[client].target =
                isKnown ? leader ?? 0 : clients.random.below(hosts.count)
            let pause = (isKnown ? 1 : 20) * Nanoseconds.millisecond
            clients.all[client].givesUpAt = now.nanoseconds + pause
            events.schedule(
                .client(client, operation: answer.operation), at: now.advanced(by: pause))
        }
    }

    // MARK: At the host

    mutating func take(_ request: ClientRequest, _ host: Int) {
        switch hosts[host].status {
        case .down: return
        case .paused: return hosts[host].backlog.append(.request(request, host: host))
        case .running: break
        }
        switch request.kind {
        case .read:
            let moment = hosts[host].clock.monotonic(at: now)
            if layout.usesLeases, let index = hosts[host].raft.leaseReadIndex(at: moment) {
                return answerUnderLease(request, host, index)
            }
            let id = RequestID(UInt64(request.client) << 32 | UInt64(request.operation))
            hosts[host].raft.requestRead(id, at: moment, into: &directives)
        case .write(let count): propose(request, count, host)
        }
        finishStep(host)
    }

    private mutating func propose(_ request: ClientRequest, _ count: Int, _ host: Int) {
        let command = RegisterCommand(client: request.client, operation: request.operation)
        let filler = RegisterCommand(client: 0xFFFF, operation: request.operation)
        var payloads: [Bytes] = []
        for number in 1..<max(2, count) where count > 1 {
            payloads.append(filler.payload(filling: number % 64))
        }
        payloads.append(command.payload(filling: 0))
        let moment = hosts[host].clock.monotonic(at: now)
        switch hosts[host].raft.propose(payloads, at: moment, into: &directives) {
        case .accepted(let first, let term):
            let index = first.advanced(by: payloads.count - 1)
            hosts[host].pendingWrites.removeAll { $0.index >= first }
            hosts[host].pendingWrites.append(
                RaftHost.PendingWrite(
                    index: index, term: term, client: request.client,
                    operation: request.operation))
        case .refused(let refusal):
            var leader: Int?
            switch refusal {
            case .notLeader(let node): leader = node.map { Int($0.rawValue) - 1 }
            case .transferring(let node): leader = Int(node.rawValue) - 1
            case .overloaded: break
            }
            answer(request.client, request.operation, .refused(leader: leader))
        }
    }

    /// A read without a word to anybody: no other host may believe the same.
    private mutating func answerUnderLease(
        _ request: ClientRequest, _ host: Int, _ index: LogIndex
    ) {
        leaseReadsCount += 1
        checkLeases()
        if index != hosts[host].machine.applied {
            violations.append(
                Violation(
                    "ReadsAreFresh",
                    "n\(host + 1) reads at \(index) with \(hosts[host].machine.applied) applied"))
        }
        answer(request.client, request.operation, .done(at: index))
    }

    mutating func answerWrites(_ host: Int, _ entry: LogEntry) {
        while let first = hosts[host].pendingWrites.first, first.index <= entry.index {
            hosts[host].pendingWrites.removeFirst()
            guard first.index == entry.index, first.term == entry.term else { continue }
            guard
                let index = hosts[host].machine.index(
                    ofOperation: first.operation, client: first.client)
            else { continue }
            answer(first.client, first.operation, .done(at: index))
        }
    }

    mutating func answerReads(_ host: Int) {
        let applied = hosts[host].machine.applied
        var kept = 0
        for position in hosts[host].waitingReads.indices {
            let waiting = hosts[host].waitingReads[position]
            if waiting.index <= applied {
                let read = waiting.read.rawValue
                answer(
                    Int(read >> 32), UInt32(truncatingIfNeeded: read), .done(at: applied))
            } else {
                hosts[host].waitingReads[kept] = waiting
                kept += 1
            }
        }
        hosts[host].waitingReads.removeLast(hosts[host].waitingReads.count - kept)
    }

    mutating func refuse(_ read: RequestID, _ host: Int) {
        let leader = hosts[host].raft.leader.map { Int($0.rawValue) - 1 }
        answer(
            Int(read.rawValue >> 32), UInt32(truncatingIfNeeded: read.rawValue),
            .refused(leader: leader))
    }

    private mutating func answer(
        _ client: Int, _ operation: UInt32, _ outcome: ClientAnswer.Outcome
    ) {
        let delay = 20 * Nanoseconds.microsecond + clients.random.delay(around: layout.delayMean)
        events.schedule(
            .answer(ClientAnswer(client: client, operation: operation, outcome: outcome)),
            at: now.advanced(by: delay))
    }
}

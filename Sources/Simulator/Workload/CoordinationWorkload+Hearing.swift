import Toolbox
import VirtualWorld
import Vocabulary
import ZooKeeperWire

/// What clients of the coordination service are told, and what they make of it.
extension CoordinationWorkload {
    /// Takes what the network has for these clients.
    mutating func takeDeliveries(_ cluster: inout SimulatedCluster) {
        while !cluster.coordinationDeliveries.isEmpty {
            let deliveries = cluster.coordinationDeliveries
            cluster.coordinationDeliveries.removeAll(keepingCapacity: true)
            for delivery in deliveries {
                guard case .client(let place) = delivery.endpoint.place else { continue }
                let client = place - cluster.plan.clients
                if clients[client].sleepsUntil > cluster.now {
                    clients[client].unread.append(delivery)
                } else {
                    take(delivery, client, &cluster)
                    scheduleWake(client, &cluster)
                }
            }
        }
    }

    /// What came while the client slept.
    mutating func readWhatWaits(_ client: Int, _ cluster: inout SimulatedCluster) {
        let unread = clients[client].unread
        clients[client].unread = []
        for delivery in unread { take(delivery, client, &cluster) }
    }

    private mutating func take(
        _ delivery: Delivery, _ client: Int, _ cluster: inout SimulatedCluster
    ) {
        let connection = delivery.endpoint.connection
        guard ClientChannel(rawValue: delivery.endpoint.life) == .session else {
            return takeAsStranger(delivery, client, &cluster)
        }
        guard connection == clients[client].connection else { return }
        switch delivery.what {
        case .connected:
            guard case .dialling = clients[client].stage else { return }
            clients[client].stage = .greeting(
                until: cluster.now.advanced(by: Self.greetingPatience))
            greet(client, &cluster)
        case .received(let bytes): read(bytes, client, &cluster)
        case .closed, .failed:
            switch clients[client].stage {
            case .dialling, .greeting, .open: lose(client, &cluster)
            case .away, .gone: break
            }
        case .accepted, .backlog: break
        }
    }

    private mutating func read(
        _ bytes: Bytes, _ client: Int, _ cluster: inout SimulatedCluster
    ) {
        cluster.transcript.mix(XXH64.hash(bytes), UInt64(client))
        clients[client].heardAt = cluster.now
        let connection = clients[client].connection
        clients[client].decoder.append(bytes)
        do {
            while clients[client].connection == connection, hasConnection(client),
                let output = try clients[client].decoder.next()
            {
                try hear(output, client, &cluster)
            }
        } catch {
            cluster.violations.append(
                Violation("AnswersAreWellFormed", "coordinator \(client + 1): \(error)"))
            disconnect(client, &cluster)
        }
    }

    private func hasConnection(_ client: Int) -> Bool {
        switch clients[client].stage {
        case .greeting, .open: true
        case .away, .dialling, .gone: false
        }
    }

    private mutating func hear(
        _ output: ZooKeeperOutput, _ client: Int, _ cluster: inout SimulatedCluster
    ) throws(DecodeFailure) {
        switch output {
        case .connected(let response): greeted(response, client, &cluster)
        case .event(let event, _):
            counts.eventsCount += 1
            cluster.transcript.note(
                cluster.now, "coordinator \(client + 1) hears \(event.kind) of \(event.path)")
            clients[client].watches.hear(event, from: client, into: &cluster.violations)
        case .reply(let reply) where reply.header.xid == .ping: break
        case .reply(let reply): try answered(reply, client, &cluster)
        }
    }

    // MARK: Sessions

    private mutating func greeted(
        _ response: ConnectResponse, _ client: Int, _ cluster: inout SimulatedCluster
    ) {
        cluster.transcript.note(
            cluster.now,
            "coordinator \(client + 1) has \(response.session) for"
                + " \(response.timeoutMilliseconds) ms")
        guard response.timeoutMilliseconds > 0 else { return expired(client, &cluster) }
        if let session = clients[client].session {
            counts.movesCount += 1
            if session.session != response.session {
                cluster.violations.append(
                    Violation(
                        "SessionOrder", "\(session.session) came back as \(response.session)"))
            }
        } else {
            counts.sessionsCount += 1
            clients[client].errands = Self.beginnings + clients[client].errands
        }
        clients[client].session = response
        clients[client].stage = .open
        clients[client].nextOperation = cluster.now
        cluster.attach(
            response.session,
            at: clients[client].endpoint(of: .session, clients[client].connection))
        if !clients[client].watches.isEmpty {
            let since = clients[client].order.lastZxid
            ask(clients[client].watches.setWatches(since: since), client, &cluster)
        }
        sendErrands(client, &cluster)
    }

    /// The service says that the session is over. It must be.
    private mutating func expired(_ client: Int, _ cluster: inout SimulatedCluster) {
        if let session = clients[client].session?.session {
            counts.expiriesCount += 1
            if let known = cluster.coordination.model.sessions[session], known.end == nil {
                cluster.violations.append(
                    Violation("SessionsEndInTime", "\(session) is said to be over, and lives"))
            }
        }
        clients[client].forgetSession()
        disconnect(client, &cluster)
        if clients[client].isLeaving { clients[client].stage = .gone }
    }

    // MARK: Answers

    private mutating func answered(
        _ reply: ZooKeeperReply, _ client: Int, _ cluster: inout SimulatedCluster
    ) throws(DecodeFailure) {
        counts.answersCount += 1
        let header = reply.header
        let sent = clients[client].sent.popFirst()
        clients[client].order.hear(
            header, answering: sent, from: client, into: &cluster.violations)
        guard let sent, sent.xid == header.xid, let session = clients[client].session?.session
        else { return }
        let request = sent.request
        let body =
            header.error == nil
            ? try reply.body(answering: request.operation).timeless : ReplyBody.nothing
        let heard = CoordinationReplyHeard(
            sent: sent, session: session, zxid: header.zxid,
            answer: CoordinationModel.Answer(error: header.error, body: body))
        cluster.transcript.note(
            cluster.now,
            "coordinator \(client + 1) \(header.xid) \(request.operation) at \(header.zxid)"
                + " \(header.error.map { "\($0)" } ?? "")")
        let model = cluster.coordination.model
        clients[client].watches.check(
            asOf: header.zxid, from: client, model, into: &cluster.violations)
        guard request.operation != .setWatches else { return }
        OperationsAreLinearizable.check(heard, from: client, model, into: &cluster.violations)
        cluster.coordination.told = max(cluster.coordination.told, header.zxid)
        clients[client].watches.note(heard, model)
        learn(heard, client, &cluster)
    }

    /// What a client keeps in mind of an answer.
    private mutating func learn(
        _ heard: CoordinationReplyHeard, _ client: Int, _ cluster: inout SimulatedCluster
    ) {
        switch (heard.sent.request, heard.answer.body) {
        case (.closeSession, _):
            guard heard.answer.error == nil else { return }
            clients[client].forgetSession()
            disconnect(client, &cluster)
            if clients[client].isLeaving { clients[client].stage = .gone }
        case (.setData(let set), .stat(let stat)): clients[client].versions[set.path] = stat.version
        case (.getData(let read), .data(_, let stat)), (.exists(let read), .stat(let stat)):
            clients[client].versions[read.path] = stat.version
        case (.create(let create), .path(let path)), (.create(let create), .created(let path, _)):
            if create.mode?.isSequential == true {
                clients[client].numbered.append(path.detached())
            }
        default: break
        }
    }

    // MARK: In disguise

    /// Tries to get at another's session with a password that is not its own.
    mutating func intrude(_ client: Int, _ cluster: inout SimulatedCluster) {
        let victim = clients[client].random.below(clients.count)
        guard victim != client, let session = clients[victim].session?.session,
            clients[client].disguise == nil
        else { return }
        let connection = clients[client].nextConnection()
        clients[client].disguise = (connection, session)
        clients[client].disguiseDecoder = ZooKeeperReplyDecoder()
        cluster.network.dial(
            from: clients[client].endpoint(of: .errand, connection),
            to: clients[client].random.below(cluster.nodes.count), port: .coordination,
            at: cluster.now, into: &cluster.events)
    }

    private mutating func takeAsStranger(
        _ delivery: Delivery, _ client: Int, _ cluster: inout SimulatedCluster
    ) {
        guard let disguise = clients[client].disguise,
            disguise.connection == delivery.endpoint.connection
        else { return }
        switch delivery.what {
        case .connected:
            cluster.expectStranger(at: delivery.endpoint)
            var writer = ByteWriter(reserving: 64)
            writer.write(
                connect: ConnectRequest(
                    timeoutMilliseconds: 4_000, session: disguise.session,
                    password: Bytes([UInt8](repeating: 7, count: ConnectResponse.passwordBytes))))
            cluster.sendFromClient(writer.take(), delivery.endpoint)
        case .received(let bytes): unmask(bytes, client, delivery.endpoint, &cluster)
        case .closed, .failed: clients[client].disguise = nil
        case .accepted, .backlog: break
        }
    }

    private mutating func unmask(
        _ bytes: Bytes, _ client: Int, _ endpoint: Endpoint, _ cluster: inout SimulatedCluster
    ) {
        clients[client].disguiseDecoder.append(bytes)
        do throws(ZooKeeperStreamFailure) {
            guard let output = try clients[client].disguiseDecoder.next() else { return }
            if case .connected(let response) = output, response.timeoutMilliseconds > 0 {
                cluster.violations.append(
                    Violation("StrangersStayOut", "\(response.session) was given to one"))
            }
        } catch {
            cluster.violations.append(
                Violation("AnswersAreWellFormed", "stranger \(client + 1): \(error)"))
        }
        clients[client].disguise = nil
        cluster.network.close(endpoint, at: cluster.now, into: &cluster.events)
    }
}

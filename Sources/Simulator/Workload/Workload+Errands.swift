import ChatWire
import HTTPWire
import Toolbox
import Vocabulary
import VirtualWorld

/// Errands: one HTTP call per connection, repeated at another node until the answer is certain.
extension Workload {
    mutating func runErrands(_ client: Int, _ cluster: inout SimulatedCluster) {
        guard let attempt = clients[client].attempt else { return beginErrand(client, &cluster) }
        guard cluster.now >= attempt.nextTime else { return }
        switch attempt.state {
        case .waiting: connect(client, &cluster)
        case .connecting(let connection, _), .asked(let connection, _):
            cluster.network.close(
                ClientChannel.errand.endpoint(client, connection), at: cluster.now,
                into: &cluster.events)
            attemptEnded(client, .unknown, &cluster)
        }
    }

    private mutating func beginErrand(_ client: Int, _ cluster: inout SimulatedCluster) {
        guard let errand = clients[client].errands.first else { return }
        clients[client].errands.removeFirst()
        clients[client].attempt = ErrandAttempt(
            errand: errand, state: .waiting(until: cluster.now), deadline: cluster.now,
            invoked: cluster.now)
        connect(client, &cluster)
    }

    private mutating func connect(_ client: Int, _ cluster: inout SimulatedCluster) {
        let node = clients[client].random.below(cluster.nodes.count)
        let connection = clients[client].nextConnection()
        clients[client].attempt?.attemptsCount += 1
        clients[client].attempt?.state = .connecting(connection, node: node)
        clients[client].attempt?.deadline = cluster.now.advanced(by: Self.answerTimeout)
        cluster.network.dial(
            from: ClientChannel.errand.endpoint(client, connection), to: node, port: .chat,
            at: cluster.now, into: &cluster.events)
    }

    mutating func deliverToErrand(
        _ delivery: Delivery, _ client: Int, _ cluster: inout SimulatedCluster
    ) {
        guard let attempt = clients[client].attempt else { return }
        switch attempt.state {
        case .waiting: return
        case .connecting(let connection, let node):
            guard connection == delivery.endpoint.connection else { return }
            switch delivery.what {
            case .connected: ask(client, connection, node, &cluster)
            case .failed, .closed: attemptEnded(client, .unknown, &cluster)
            case .accepted, .received, .backlog: return
            }
        case .asked(let connection, let decoder):
            guard connection == delivery.endpoint.connection else { return }
            switch delivery.what {
            case .received(let bytes): read(bytes, decoder, client, connection, &cluster)
            case .closed, .failed: attemptEnded(client, .unknown, &cluster)
            case .accepted, .connected, .backlog: return
            }
        }
    }

    private mutating func ask(
        _ client: Int, _ connection: ConnectionID, _ node: Int, _ cluster: inout SimulatedCluster
    ) {
        guard let errand = clients[client].attempt?.errand else { return }
        let route = errand.route
        var writer = ByteWriter(reserving: 512)
        let body = errand.body(name: clients[client].name, password: clients[client].password)
        writer.writeRaw(Bytes("\(route.method) "))
        writer.writeRaw(route.target)
        writer.writeRaw(Bytes(" HTTP/1.1\r\nHost: n\(node + 1)\r\nConnection: close\r\n"))
        if errand.needsToken, let token = clients[client].token {
            writer.writeRaw("Authorization: Bearer ")
            writer.writeRaw(token)
            writer.writeRaw("\r\n")
        }
        if !body.isEmpty {
            writer.writeRaw("Content-Type: application/json\r\n")
        }
        writer.writeRaw(Bytes("Content-Length: \(body.count)\r\n\r\n"))
        writer.writeRaw(body)
        clients[client].attempt?.state = .asked(connection, HTTPResponseDecoder())
        cluster.sendFromClient(
            writer.take(), ClientChannel.errand.endpoint(client, connection))
    }

    private mutating func read(
        _ bytes: Bytes, _ decoder: HTTPResponseDecoder, _ client: Int, _ connection: ConnectionID,
        _ cluster: inout SimulatedCluster
    ) {
        var decoder = decoder
        decoder.append(bytes)
        do throws(HTTPFailure) {
            guard let response = try decoder.next() else {
                clients[client].attempt?.state = .asked(connection, decoder)
                return
            }
            cluster.network.close(
                ClientChannel.errand.endpoint(client, connection), at: cluster.now,
                into: &cluster.events)
            attemptEnded(
                client, .answered(status: response.status, body: response.body), &cluster)
        } catch {
            violations.append(Violation("AnswersAreWellFormed", "HTTP: \(error)"))
            attemptEnded(client, .unknown, &cluster)
        }
    }

    private mutating func attemptEnded(
        _ client: Int, _ end: ErrandEnd, _ cluster: inout SimulatedCluster
    ) {
        switch end {
        case .unknown:
            clients[client].attempt?.isUncertain = true
            retry(client, &cluster)
        case .answered(let status, _) where status >= 500 || status == 429:
            // 503 and 504 say nothing about what happened.
            clients[client].attempt?.isUncertain = true
            retry(client, &cluster)
        case .answered(401, _) where clients[client].attempt?.errand.needsToken == true:
            renewToken(client, &cluster)
        case .answered(let status, let body):
            guard let attempt = clients[client].attempt else { return }
            clients[client].attempt = nil
            finish(attempt, status, body, client, &cluster)
            runErrands(client, &cluster)
        }
    }

    private mutating func retry(_ client: Int, _ cluster: inout SimulatedCluster) {
        let pause = clients[client].random.within(10...400 as ClosedRange<Int64>)
        clients[client].attempt?.state = .waiting(
            until: cluster.now.advanced(by: pause * Nanoseconds.millisecond))
    }

    /// The token is too old: log in, then go on.
    private mutating func renewToken(_ client: Int, _ cluster: inout SimulatedCluster) {
        guard let attempt = clients[client].attempt else { return }
        clients[client].errands.insert(contentsOf: [.openSession, attempt.errand], at: 0)
        clients[client].attempt = nil
        clients[client].token = nil
        beginErrand(client, &cluster)
    }
}

import ChatWire
import ClientCore
import Toolbox
import Vocabulary
import VirtualWorld

/// The live connection of each client, which `ClientCore` drives.
extension Workload {
    /// Connects with the client's token, unless a connection is being kept already. What was sent
    /// and not answered is sent again, under the same ids.
    mutating func openConnection(_ client: Int, _ cluster: inout SimulatedCluster) {
        if let session = clients[client].session, !session.isStopped { return }
        guard let token = clients[client].token else { return }
        var settings = ChatClientSettings(
            nodes: cluster.nodes.indices.map { Self.address(ofNode: $0) }, token: token)
        settings.device = clients[client].device
        settings.following = .fromBeginning
        settings.answerTimeout = .seconds(5)
        settings.greetingTimeout = .seconds(5)
        settings.pongTimeout = .seconds(5)
        settings.backoffMaximum = .seconds(1)
        clients[client].session = ChatClientInstance(
            settings: settings, seed: clients[client].random.next())
        var directives: [ChatClientDirective] = []
        let moment = clients[client].clock.moment(at: cluster.now)
        clients[client].session?.start(at: moment, into: &directives)
        let waiting = clients[client].waitingSends.sorted { $0.value < $1.value }
        for (id, send) in waiting {
            let record = history.sends[send]
            let draft = MessageDraft(clientID: id, text: Bytes(record.text))
            _ = clients[client].session?.send(
                draft, to: record.chat, at: moment, into: &directives)
        }
        perform(directives, client, &cluster)
    }

    /// Where clients think that a node is.
    static func address(ofNode node: Int) -> ServerAddress {
        ServerAddress(host: "n\(node + 1)", port: 80)
    }

    mutating func runSession(_ client: Int, _ cluster: inout SimulatedCluster) {
        let moment = clients[client].clock.moment(at: cluster.now)
        guard let deadline = clients[client].session?.nextDeadline, deadline <= moment.monotonic
        else { return }
        var directives: [ChatClientDirective] = []
        clients[client].session?.timeDidAdvance(to: moment, into: &directives)
        perform(directives, client, &cluster)
    }

    mutating func send(
        _ draft: MessageDraft, to chat: ChatID, _ client: Int, _ cluster: inout SimulatedCluster
    ) {
        var directives: [ChatClientDirective] = []
        let moment = clients[client].clock.moment(at: cluster.now)
        _ = clients[client].session?.send(draft, to: chat, at: moment, into: &directives)
        perform(directives, client, &cluster)
    }

    mutating func mark(_ client: Int, _ chat: ChatID, _ cluster: inout SimulatedCluster) {
        guard let seen = clients[client].chats[chat], seen > .zero else { return }
        var directives: [ChatClientDirective] = []
        clients[client].session?.mark(
            MarkFrame(chat: chat, delivered: seen, read: seen), into: &directives)
        perform(directives, client, &cluster)
    }

    mutating func deliverToSession(
        _ delivery: Delivery, _ client: Int, _ cluster: inout SimulatedCluster
    ) {
        let connection = delivery.endpoint.connection
        let event: ChatClientEvent
        switch delivery.what {
        case .connected: event = .connected(connection)
        case .received(let bytes): event = .received(connection, bytes)
        case .closed, .failed: event = .closed(connection)
        case .accepted, .backlog: return
        }
        var directives: [ChatClientDirective] = []
        let moment = clients[client].clock.moment(at: cluster.now)
        clients[client].session?.handle(event, at: moment, into: &directives)
        perform(directives, client, &cluster)
    }

    private mutating func perform(
        _ directives: [ChatClientDirective], _ client: Int, _ cluster: inout SimulatedCluster
    ) {
        for directive in directives {
            switch directive {
            case .connect(let connection, let address):
                let node = cluster.nodes.indices.first { Self.address(ofNode: $0) == address } ?? 0
                cluster.network.dial(
                    from: ClientChannel.session.endpoint(client, connection), to: node, port: .chat,
                    at: cluster.now, into: &cluster.events)
            case .send(let connection, let bytes):
                cluster.sendFromClient(bytes, ClientChannel.session.endpoint(client, connection))
            case .close(let connection):
                cluster.network.close(
                    ClientChannel.session.endpoint(client, connection), at: cluster.now,
                    into: &cluster.events)
            case .report(let report): take(report, client, &cluster)
            }
        }
    }

    private mutating func take(
        _ report: ChatClientReport, _ client: Int, _ cluster: inout SimulatedCluster
    ) {
        cluster.transcript.note(cluster.now, "client\(client + 1) \(report)")
        switch report {
        case .acknowledged(let id, _, let receipt):
            guard let send = clients[client].waitingSends.removeValue(forKey: id) else { return }
            history.finish(
                send,
                .accepted(seq: receipt.seq, ord: receipt.ord, isDuplicate: receipt.isDuplicate),
                at: cluster.now)
        case .refused(let id, let chat, let report):
            guard let send = clients[client].waitingSends.removeValue(forKey: id) else { return }
            // It may have been sent over a connection that broke, and be refused only now.
            history.finish(send, .unknown, at: cluster.now)
            if report.code == .notFound { clients[client].chats[chat] = nil }
        case .entry(let entry): show(entry, client, &cluster)
        case .left(let chat): clients[client].chats[chat] = nil
        case .stopped:
            clients[client].errands.insert(.openSession, at: 0)
            wake(client, at: cluster.now, &cluster)
        case .welcomed, .disconnected, .skipped, .caughtUp, .changed, .receipt: return
        }
    }

    private mutating func show(
        _ entry: EntryFrame, _ client: Int, _ cluster: inout SimulatedCluster
    ) {
        guard let user = clients[client].user else { return }
        cluster.transcript.mix(entry.digest, entry.seq.rawValue)
        history.showings.append(
            History.Showing(client: client, user: user, entry: entry, at: cluster.now))
        if entry.kind == .leave, entry.users.contains(user) {
            clients[client].chats[entry.chat] = nil
        } else {
            let seen = clients[client].chats[entry.chat] ?? .zero
            clients[client].chats[entry.chat] = max(seen, entry.seq)
        }
    }
}

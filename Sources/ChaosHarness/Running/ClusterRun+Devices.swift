import ChatWire
import ClientCore
import SystemIO
import Toolbox
import Vocabulary

// Devices: what their clients want done, and what they send.
extension ClusterRun {
    /// Chats with all are rarely written to: each entry is shown to everybody.
    private static let crowdChance = 0.03
    private static let paddingBytesMaximum = 160

    func nextDeadline(of index: Int) -> Instant? {
        let device = devices[index]
        guard wantsToSend(device) else { return device.client.nextDeadline }
        return device.client.nextDeadline.map { min($0, device.sendAt) } ?? device.sendAt
    }

    private func wantsToSend(_ device: Device) -> Bool {
        isSending && device.inFlight == nil
            && messages.count < load.sendsCount ?? .max
    }

    func tell(_ index: Int, _ connection: ConnectionID, _ key: UInt64, _ event: SocketLoop.Event) {
        let now = SystemClock.now()
        var directives: [ChatClientDirective] = []
        switch event {
        case .connected:
            devices[index].client.handle(.connected(connection), at: now, into: &directives)
        case .received(let bytes):
            devices[index].client.handle(.received(connection, bytes), at: now, into: &directives)
        case .closed:
            owners[key] = nil
            devices[index].client.handle(.closed(connection), at: now, into: &directives)
        }
        carryOut(directives, of: index)
    }

    /// Time has come for something.
    func advance(_ index: Int) {
        let now = SystemClock.now()
        var directives: [ChatClientDirective] = []
        devices[index].client.timeDidAdvance(to: now, into: &directives)
        carryOut(directives, of: index)
        if wantsToSend(devices[index]), devices[index].sendAt <= now.monotonic { send(index) }
    }

    private func send(_ index: Int) {
        let now = SystemClock.now()
        let interval = Duration.seconds(1) * devices.count / load.sendsPerSecond
        devices[index].sendAt = max(devices[index].sendAt + interval, now.monotonic)
        let chats = devices[index].chats
        let last = chats.count - 1
        let chat = random.chance(Self.crowdChance) ? last : random.below(max(1, last))
        let padding = String(repeating: "x", count: random.below(Self.paddingBytesMaximum))
        let text = Bytes("\(messages.count) of \(load.seed) \(padding)")

        var directives: [ChatClientDirective] = []
        let id = devices[index].client.send(text, to: chats[chat], at: now, into: &directives)
        guard let id else { unreachable("a client that waits for nothing takes no message") }
        devices[index].inFlight = messages.count
        messages.append(
            SentMessage(
                chat: chats[chat], from: devices[index].user, id: id, text: text,
                sentAt: now.monotonic))
        carryOut(directives, of: index)
    }

    // MARK: Directives

    func carryOut(_ directives: [ChatClientDirective], of index: Int) {
        for directive in directives {
            switch directive {
            case .connect(let connection, let address): connect(index, connection, address)
            case .send(let connection, let bytes):
                guard let socket = devices[index].socket, socket.id == connection else { continue }
                loop.send(bytes, over: socket.key)
            case .close(let connection):
                guard let socket = devices[index].socket, socket.id == connection else { continue }
                owners[socket.key] = nil
                loop.close(socket.key)
            case .report(let report): take(report, of: index)
            }
        }
    }

    private func connect(_ index: Int, _ connection: ConnectionID, _ address: ServerAddress) {
        noteReconnection(of: index, to: address)
        guard let address = SocketAddress(host: address.host, port: address.port) else {
            unreachable("a node named \(address.description), which is no address")
        }
        let key = loop.open(address)
        owners[key] = .device(index, connection)
        devices[index].socket = (connection, key)
    }

    private func take(_ report: ChatClientReport, of index: Int) {
        switch report {
        case .acknowledged(let id, _, let receipt):
            let now = SystemClock.instant()
            didAnswer(id, .acknowledged(receipt, at: now), of: index)
        case .refused(let id, let chat, let report):
            violations.append(Violation(.refused, "\(chat): \(id): \(report)"))
            didAnswer(id, .refused(report), of: index)
        case .entry(let entry): deliveries.show(entry, to: index)
        case .skipped(let chat, let after, let upTo):
            violations.append(
                Violation(.gap, "device \(index) is not shown \(chat) from \(after) to \(upTo)"))
        case .left(let chat):
            violations.append(Violation(.refused, "device \(index): \(chat) is said not to be"))
        case .stopped(let reason):
            violations.append(Violation(.refused, "device \(index) was sent away: \(reason)"))
        case .disconnected(let reason): didDisconnect(index, reason)
        case .welcomed(let welcome): didWelcome(index, by: welcome.node)
        case .caughtUp, .changed, .receipt: break
        }
    }

    // MARK: Coming and going

    private func noteReconnection(of index: Int, to address: ServerAddress) {
        guard let from = devices[index].node else { return }
        let to = nodes.first { $0.files.clients.port == address.port }?.id
        reconnections.append(
            Reconnection(
                at: SystemClock.instant(), cause: devices[index].wentBecause, from: from, to: to))
    }

    private func didDisconnect(_ index: Int, _ reason: Disconnection) {
        devices[index].disconnectionsCount += 1
        devices[index].wentBecause = Reconnection.Cause(reason)
        guard devices[index].node != nil, devices[index].awaySince == nil else { return }
        devices[index].awaySince = SystemClock.instant()
    }

    private func didWelcome(_ index: Int, by node: NodeID) {
        devices[index].node = node
        guard let since = devices[index].awaySince else { return }
        devices[index].awaySince = nil
        absences.append(Absence(from: since, duration: SystemClock.instant() - since))
    }

    private func didAnswer(_ id: ClientMessageID, _ outcome: SentMessage.Outcome, of index: Int) {
        guard let number = devices[index].inFlight, messages[number].id == id else {
            unreachable("an answer to \(id), which is not under way")
        }
        devices[index].inFlight = nil
        messages[number].outcome = outcome
        answeredCount += 1
        lastAnsweredAt = SystemClock.instant()
    }
}

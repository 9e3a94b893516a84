import ChatWire
import ClientCore
import Testing
import Toolbox
import Vocabulary

/// A cluster as it should be, seen through connections that break: it takes each client id once,
/// and pushes what it took, or forgets to, or does so twice, or says `gap`.
private struct ModelCluster {
    var random: SeededRandom
    var logs: [ChatID: [EntryFrame]] = [:]
    var taken: [ClientMessageID: SendReceipt] = [:]
    var lastPush: UInt64 = 0
    var faultProbability = 0.15

    static let chats = [ChatID(1), ChatID(2), ChatID(3)]

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        for chat in Self.chats { logs[chat] = [] }
    }

    /// What the cluster says to a frame; nil breaks the connection.
    mutating func answer(_ frame: ClientFrame) -> [ServerFrame]? {
        switch frame {
        case .send(let send): return answer(send)
        case .get(let get):
            guard case .after(let after) = get.position, let log = logs[get.chat] else { return [] }
            if random.chance(faultProbability) { return [refusal(get.id)] }
            let entries = log.filter { $0.seq > after }.prefix(7)
            let head = log.last?.seq ?? .zero
            return [.ok(id: get.id, .page(EntryPage(entries: Array(entries), head: head)))]
        case .sync(let sync):
            if random.chance(faultProbability) { return [refusal(sync.id)] }
            let heads = Self.chats.map { chat in
                let head = logs[chat]?.last?.seq ?? .zero
                return ConversationHead(
                    chat: chat, kind: .group, head: head, ord: head.rawValue, read: .zero)
            }
            return [
                .ok(
                    id: sync.id,
                    .conversations(ConversationPage(chats: heads, cursor: "c", isDone: true)))
            ]
        case .ping: return [.pong(time: WallTime(milliseconds: 1_000_000))]
        case .hello, .mark, .call, .unknown: return []
        }
    }

    private mutating func answer(_ send: SendFrame) -> [ServerFrame]? {
        if random.chance(faultProbability) { return [refusal(send.id)] }
        if random.chance(faultProbability / 8) { return nil }
        var frames: [ServerFrame] = []
        if taken[send.draft.clientID] == nil { frames += append(send) }
        if random.chance(faultProbability / 8) { return nil }
        if let receipt = taken[send.draft.clientID] {
            frames.append(.ok(id: send.id, .sent(receipt)))
        }
        return frames
    }

    private mutating func append(_ send: SendFrame) -> [ServerFrame] {
        let seq = (logs[send.chat]?.last?.seq ?? .zero).next
        var entry = EntryFrame(
            chat: send.chat, seq: seq, ord: seq.rawValue, time: WallTime(milliseconds: 1),
            from: UserID(7), kind: .message)
        entry.clientID = send.draft.clientID
        entry.text = send.draft.text
        logs[send.chat]?.append(entry)
        taken[send.draft.clientID] = SendReceipt(
            seq: seq, ord: seq.rawValue, time: WallTime(milliseconds: 1))
        switch random.below(10) {
        case 0: return []
        case 1: return [push(entry), push(entry)]
        case 2:
            lastPush += 1
            return [.gap(push: lastPush, chat: send.chat, head: seq)]
        case 3: return [push(entry.preview())]
        default: return [push(entry)]
        }
    }

    private mutating func push(_ entry: EntryFrame) -> ServerFrame {
        lastPush += 1
        return .entry(push: lastPush, entry)
    }

    private mutating func refusal(_ id: FrameID) -> ServerFrame {
        .error(id: id, ErrorReport(.overloaded, "busy", afterMilliseconds: random.below(50)))
    }
}

@Suite("A client and a cluster, with faults")
struct ModelClusterTests {
    @Test(
        "every message is taken once, and every entry is seen once and in order", arguments: 1...30)
    func survives(seed: UInt64) {
        var cluster = ModelCluster(seed: seed)
        var server = ScriptedServer(seed: seed) {
            $0.following = .fromBeginning
            $0.sendsOutstandingMaximum = 8
        }
        server.start()
        var given: [ClientMessageID] = []
        for round in 0..<1_500 {
            if round < 400, cluster.random.chance(0.7) {
                let chat = ModelCluster.chats[cluster.random.below(3)]
                server.act { client, now, directives in
                    if let id = client.send("m", to: chat, at: now, into: &directives) {
                        given.append(id)
                    }
                }
            }
            if round == 600 { cluster.faultProbability = 0 }
            step(&server, &cluster)
        }
        check(server, cluster, given)
    }

    private func step(_ server: inout ScriptedServer, _ cluster: inout ModelCluster) {
        if server.connection == nil {
            server.waitForDeadline()
        } else if !server.client.isConnected {
            server.upgrade()
            cluster.lastPush = 0
            _ = server.takeFrames()
            server.welcome(session: cluster.random.below(1_000_000))
        }
        for frame in server.takeFrames() {
            guard let answers = cluster.answer(frame) else { return server.breakConnection() }
            for answer in answers { server.say(answer) }
        }
        if cluster.random.chance(cluster.faultProbability / 16) { server.breakConnection() }
        server.wait(.milliseconds(5))
    }

    private func check(
        _ server: ScriptedServer, _ cluster: ModelCluster, _ given: [ClientMessageID]
    ) {
        #expect(given.count > 200)
        #expect(server.client.sendsWaitingCount == 0)
        #expect(server.client.isCaughtUp)
        var acknowledged: [ClientMessageID] = []
        var seen: [ChatID: [EntryFrame]] = [:]
        for report in server.reports {
            switch report {
            case .acknowledged(let id, _, let receipt):
                acknowledged.append(id)
                #expect(cluster.taken[id] == receipt)
            case .entry(let entry): seen[entry.chat, default: []].append(entry)
            case .refused, .skipped, .left, .stopped: Issue.record("\(report)")
            case .welcomed, .disconnected, .caughtUp, .changed, .receipt: continue
            }
        }
        #expect(acknowledged.sorted() == given.sorted())
        for chat in ModelCluster.chats { #expect(seen[chat] == cluster.logs[chat]) }
    }
}

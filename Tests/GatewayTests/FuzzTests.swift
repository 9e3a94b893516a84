import ChatWire
import Gateway
import HTTPWire
import Membership
import Messages
import Testing
import Toolbox
import Vocabulary
import WebSocketWire

@Suite struct FuzzTests {
    private static let frames = [
        #"{"op":"send","id":1,"chat":"4","client_id":"\#(clientID)","text":"x"}"#,
        #"{"op":"get","id":2,"chat":"4"}"#, #"{"op":"sync","id":3}"#, #"{"op":"ping"}"#,
        #"{"op":"mark","chat":"4","read":9007199254740991}"#,
        #"{"op":"call","id":4,"method":"POST","path":"/v1/chats","body":{"kind":"group"}}"#,
        #"{"op":"hello","token":"x","cursor":"AAAA"}"#,
    ]

    private static let answers: [Gateway.GatewayAnswer] = [
        .failed(.timeout), .failed(.noQuorum), .membership(.recorded),
        .membership(.settled(chat: ChatID(1), version: 1, seq: .zero, isNew: true)),
        .found(.chats(position: .max, [])),
        .found(
            .chats(
                position: 1,
                [ListedChat(chat: ChatID(4), isDirect: true, title: "", peer: nil)])),
        .message(
            .posted(
                Posted(
                    seq: SequenceNumber(1), ord: 1, time: WallTime(milliseconds: 1),
                    isDuplicate: false, recipients: [UserID(1)]))),
        .message(.refused(.undecodable)), .page(.page(entries: [], head: .zero)),
        .heads(
            positions: [HeadsPosition(group: ReplicaGroupID(1), index: LogIndex(.max))], []),
    ]

    /// Something like what a client sends, then damaged.
    private func bytes(_ random: inout SeededRandom, session: Bool) throws -> Bytes {
        var array: [UInt8]
        if session {
            let text = Self.frames[random.below(Self.frames.count)]
            array = WebSocketEncoder.text(Bytes(text), mask: 77).array
        } else {
            let targets = ["/v1/chats", "/v1/users", "/", "/v1/socket", "/v1/chats/1/messages"]
            let methods = HTTPMethod.allCases
            let request = HTTPRequest(
                method: methods[random.below(methods.count)],
                target: try HTTPTarget(targets[random.below(targets.count)]), host: "a",
                headers: ["Authorization": "Bearer \(Rig.token(UserID(1)))"],
                body: Bytes(Self.frames[random.below(Self.frames.count)]))
            array = request.encoded().array
        }
        switch random.below(6) {
        case 0: array[random.below(array.count)] ^= UInt8(1 << random.below(8))
        case 1: array.removeLast(random.below(array.count))
        case 2:
            let count = random.below(64) + 1
            array = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        default: break
        }
        return Bytes(array)
    }

    @Test(arguments: 1...6)
    func `no bytes, answers and times on any connection stop the node`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var rig = Rig {
            $0.sessionQueueBytesMaximum = 2 << 10
            $0.connectionQueueBytesMaximum = 8 << 10
            $0.outstandingMaximum = 3
            $0.waitingMaximum = 3
        }
        let user = Rig.user(0)
        var clients: [(id: ConnectionID, session: Bool)] = []
        for _ in 0..<4_000 {
            switch random.below(12) {
            case 0 where clients.count < 20: clients.append((rig.connect(), false))
            case 1 where clients.count < 20: clients.append((try rig.session(user), true))
            case 2 where !clients.isEmpty:
                let client = clients.remove(at: random.below(clients.count))
                rig.act { $0.clientClosed(client.id, at: $1, into: &$2) }
            case 3: rig.pass(.milliseconds(random.below(4_000)))
            case 4 where !rig.asked.isEmpty:
                rig.answer(Self.answers[random.below(Self.answers.count)])
            case 5 where !rig.works.isEmpty:
                rig.finishWork(random.chance(0.5) ? .hashed("x") : .verified(true))
            case 6 where !clients.isEmpty:
                rig.backlog(random.below(10_000), on: clients[random.below(clients.count)].id)
            case 7:
                let text = String(repeating: "x", count: random.below(2_000))
                rig.deliver(
                    .appended(
                        chat: ChatID(random.next() % 3), entry: entry(1, from: user, text),
                        readers: [user], removed: random.chance(0.1) ? user : nil))
            case 8: rig.act { $0.deliveryInterrupted(ReplicaGroupID(1), at: $1, into: &$2) }
            case 9:
                let message = TwoNodeTests.messages[random.below(TwoNodeTests.messages.count)]
                rig.act { $0.receive(message, from: NodeID(2), at: $1, into: &$2) }
            case 10: rig.act { $0.peerLost(NodeID(2), at: $1, into: &$2) }
            default:
                guard !clients.isEmpty else { continue }
                let client = clients[random.below(clients.count)]
                rig.receive(try bytes(&random, session: client.session), on: client.id)
            }
            rig.told = []
        }
        #expect(rig.gateway.counters.frames > 0)
        #expect(rig.gateway.counters.requests > 0)
        for client in clients { rig.act { $0.clientClosed(client.id, at: $1, into: &$2) } }
        #expect(rig.gateway.counters.connections == 0)
        #expect(rig.gateway.counters.sessions == 0)
    }

    @Test func `bytes between nodes are read whole or refused`() {
        var random = SeededRandom(seed: 5)
        var refused = 0
        for _ in 0..<20_000 {
            let message = TwoNodeTests.messages[random.below(TwoNodeTests.messages.count)]
            var array = message.encode().array
            array[random.below(array.count)] ^= UInt8(1 << random.below(8))
            do throws(DecodeFailure) {
                let read = try EdgeHomeMessage(decoding: Bytes(array))
                #expect(read.encode().array == array)
            } catch {
                refused += 1
            }
        }
        #expect(refused > 0)
    }

    @Test func `the same events give the same directives`() throws {
        var digests: [UInt64] = []
        for _ in 0..<2 {
            var rig = Rig()
            var clients: [ConnectionID] = []
            for number in 0..<8 { clients.append(try rig.session(Rig.user(number % 3))) }
            rig.act { $0.deliveryInterrupted(ReplicaGroupID(1), at: $1, into: &$2) }
            rig.act { $0.drain(at: $1, into: &$2) }
            var digest: UInt64 = 0
            for client in clients {
                digest = XXH64.hash(rig.takeSent(on: client), seed: digest)
            }
            for asked in rig.asked {
                digest = XXH64.hash(Bytes("\(asked.question)"), seed: digest)
            }
            digests.append(digest)
        }
        #expect(digests[0] == digests[1])
    }
}

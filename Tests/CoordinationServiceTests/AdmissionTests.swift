import Coordination
import CoordinationService
import Testing
import Toolbox
import Vocabulary
import ZooKeeperWire

@Suite("A connection")
struct AdmissionTests {
    @Test("too many of one host is closed at once")
    func perHost() {
        var settings = CoordinationServiceSettings()
        settings.connectionsPerHostMaximum = 2
        var ensemble = Ensemble(settings: settings)
        let clients = (0..<3).map { ensemble.dial(from: Bytes("10.0.0.1:\(5000 + $0)")) }
        #expect(clients.map { ensemble.clients[$0].isClosed } == [false, false, true])
        let other = ensemble.dial(from: "[::1]:5000")
        #expect(!ensemble.clients[other].isClosed)
        ensemble.cut(clients[0])
        let next = ensemble.dial(from: "10.0.0.1:6000")
        #expect(!ensemble.clients[next].isClosed)
    }

    @Test("that says nothing is closed after a while")
    func silent() {
        var ensemble = Ensemble()
        let client = ensemble.dial()
        ensemble.advance(by: .seconds(9))
        #expect(!ensemble.clients[client].isClosed)
        ensemble.advance(by: .seconds(2))
        #expect(ensemble.clients[client].isClosed)
    }

    @Test("may ask for another membership, and is told what became of it")
    func reconfiguration() throws {
        var ensemble = Ensemble()
        let client = ensemble.connect()
        let request = ZooKeeperRequest.reconfig(
            ReconfigRequest(joining: "server.4=here:1:2;3", leaving: nil, newMembers: nil))
        ensemble.send(request, from: client)
        ensemble.send(.whoAmI, from: client)
        ensemble.settle()
        #expect(try ensemble.clients[client].take().isEmpty)
        let first = try #require(ensemble.nodes[0].reconfigurations.first)
        #expect(first.request.joining == "server.4=here:1:2;3")
        ensemble.on(0) { node, directives in
            node.service.reconfigurationRefused(
                first, .newConfigNoQuorum, machine: node.machine, into: &directives)
        }
        #expect(try ensemble.heard(client) == ["newConfigNoQuorum", "ok"])
        ensemble.send(request, from: client)
        let second = try #require(ensemble.nodes[0].reconfigurations.last)
        var writer = ByteWriter()
        CoordinationCommand.publishConfiguration("new", requester: second.requester)
            .encode(into: &writer)
        ensemble.nodes[0].proposals.append((writer.take(), .housekeeping(Term(1))))
        ensemble.settle()
        let answer = try ensemble.clients[client].take().last?.answer
        #expect(answer?.data == "new")
        #expect(answer?.stat?.version == 1)
    }

    @Test("is kept by settings whose relations hold")
    func settings() throws {
        try CoordinationServiceSettings().validate()
        var short = CoordinationServiceSettings()
        short.sessionTimeoutMinimum = .seconds(1)
        #expect(throws: CoordinationServiceSettingsFailure.self) { try short.validate() }
        var crossed = CoordinationServiceSettings()
        crossed.sessionTimeoutMaximum = .milliseconds(3_999)
        #expect(throws: CoordinationServiceSettingsFailure.self) { try crossed.validate() }
    }

    @Test("survives any bytes that are not for it", arguments: 0..<40)
    func fuzz(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        var ensemble = Ensemble()
        let witness = ensemble.connect()
        for _ in 0..<60 {
            let client = random.chance(0.5) ? ensemble.connect() : ensemble.dial()
            var bytes: [UInt8] = []
            let codes: [Int32] = OperationCode.allCases.map(\.rawValue)
            for _ in 0..<1 + random.below(4) {
                let count = random.below(40)
                bytes += [0, 0, 0, UInt8(8 + count), 0, 0, 0, UInt8(1 + random.below(9))]
                let code = codes[random.below(codes.count)]
                withUnsafeBytes(of: code.bigEndian) { bytes += $0 }
                for _ in 0..<count {
                    bytes.append(UInt8(random.chance(0.7) ? 0 : random.below(256)))
                }
            }
            if random.chance(0.3) {
                bytes[random.below(bytes.count)] ^= UInt8(1 << random.below(8))
            }
            if random.chance(0.3) { bytes.removeLast(random.below(bytes.count)) }
            var offset = 0
            while offset < bytes.count, !ensemble.clients[client].isClosed {
                let end = min(bytes.count, offset + 1 + random.below(30))
                ensemble.deliver(Bytes(Array(bytes[offset..<end])), from: client)
                offset = end
            }
            ensemble.settle()
            ensemble.cut(client)
        }
        #expect(try ensemble.call(.exists(ReadRequest(path: "/")), from: witness)?.error == nil)
    }
}

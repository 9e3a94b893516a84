import ChatWire
import ClientCore
import Testing
import Toolbox
import Vocabulary

@Suite("Sending messages")
struct SendingTests {
    private static func receipt(_ seq: UInt64, isDuplicate: Bool = false) -> SendReceipt {
        var receipt = SendReceipt(
            seq: SequenceNumber(seq), ord: seq, time: WallTime(milliseconds: 1))
        receipt.isDuplicate = isDuplicate
        return receipt
    }

    private static func acknowledged(_ reports: [ChatClientReport]) -> [UInt64] {
        reports.compactMap { report in
            if case .acknowledged(_, _, let receipt) = report { receipt.seq.rawValue } else { nil }
        }
    }

    @discardableResult
    private func send(_ text: Bytes, on server: inout ScriptedServer) -> ClientMessageID? {
        var id: ClientMessageID?
        server.act { id = $0.send(text, to: ChatID(4), at: $1, into: &$2) }
        return id
    }

    @Test("what is given before there is a connection is sent in order once there is")
    func queuesOffline() {
        var server = ScriptedServer { $0.following = .pushes }
        let ids = ["a", "b", "c"].map { send($0, on: &server) }
        server.open()
        let sends = server.takeSends()
        #expect(sends.map(\.draft.text) == ["a", "b", "c"])
        #expect(sends.map(\.draft.clientID) == ids)
        for (offset, send) in sends.enumerated() {
            server.say(.ok(id: send.id, .sent(Self.receipt(UInt64(offset + 1)))))
        }
        #expect(
            server.takeReports().suffix(3)
                == ids.enumerated().compactMap { offset, id in
                    id.map {
                        .acknowledged($0, chat: ChatID(4), Self.receipt(UInt64(offset + 1)))
                    }
                })
        #expect(server.client.sendsWaitingCount == 0)
    }

    @Test("no more than the window are outstanding")
    func keepsWindow() {
        var server = ScriptedServer {
            $0.following = .pushes
            $0.sendsOutstandingMaximum = 3
        }
        server.open()
        for _ in 0..<10 { send("m", on: &server) }
        var sends = server.takeSends()
        #expect(sends.count == 3)
        server.say(.ok(id: sends[1].id, .sent(Self.receipt(1))))
        sends = server.takeSends()
        #expect(sends.count == 1)
        #expect(server.client.sendsWaitingCount == 9)
    }

    @Test("the queue is bounded")
    func boundsQueue() {
        var server = ScriptedServer {
            $0.following = .pushes
            $0.sendsQueuedMaximum = 3
        }
        #expect(
            (0..<5).map { _ in send("m", on: &server) != nil } == [true, true, true, false, false])
        server.open()
        server.say(.ok(id: server.takeSends()[0].id, .sent(Self.receipt(1))))
        #expect(send("m", on: &server) != nil)
        #expect(send("m", on: &server) == nil)
    }

    @Test("after a loss all that was not acknowledged is sent again under the same ids, in order")
    func repeats() {
        var server = ScriptedServer { $0.following = .pushes }
        server.open()
        for text in ["a", "b", "c", "d"] as [Bytes] { send(text, on: &server) }
        let first = server.takeSends()
        server.say(.ok(id: first[1].id, .sent(Self.receipt(2))))
        server.breakConnection()
        server.reopen()
        let second = server.takeSends()
        #expect(second == [first[0], first[2], first[3]])
        server.say(.ok(id: second[0].id, .sent(Self.receipt(1, isDuplicate: true))))
        server.say(.ok(id: second[0].id, .sent(Self.receipt(1, isDuplicate: true))))
        #expect(Self.acknowledged(server.takeReports()) == [2, 1])
    }

    @Test("a refusal for now is tried again under the same id, no earlier than asked")
    func retries() {
        var server = ScriptedServer { $0.following = .pushes }
        server.open()
        send("a", on: &server)
        let first = server.takeSends()
        server.say(
            .error(id: first[0].id, ErrorReport(.overloaded, "busy", afterMilliseconds: 300)))
        server.waitForDeadline()
        server.wait(.milliseconds(299))
        #expect(server.takeSends().isEmpty)
        server.wait(.milliseconds(1))
        #expect(server.takeSends() == first)
        server.say(.ok(id: first[0].id, .sent(Self.receipt(1))))
        #expect(Self.acknowledged(server.takeReports()) == [1])
    }

    @Test("a refusal for good is reported once and frees its place")
    func reportsRefusals() {
        var server = ScriptedServer {
            $0.following = .pushes
            $0.sendsOutstandingMaximum = 1
        }
        server.open()
        let id = send("a", on: &server)
        send("b", on: &server)
        let first = server.takeSends()
        let report = ErrorReport(.notFound, "no")
        server.say(.error(id: first[0].id, report))
        server.say(.error(id: first[0].id, report))
        #expect(server.takeSends().map(\.draft.text) == ["b"])
        let refusals = server.takeReports().filter { if case .refused = $0 { true } else { false } }
        #expect(refusals == id.map { [.refused($0, chat: ChatID(4), report)] })
    }

    @Test("a node that does not answer in time is left, and the message goes elsewhere")
    func leavesSilentNodes() {
        var server = ScriptedServer {
            $0.following = .pushes
            $0.answerTimeout = .seconds(3)
        }
        server.open()
        send("a", on: &server)
        let first = server.takeSends()
        server.wait(.milliseconds(2_999))
        #expect(server.client.isConnected)
        server.wait(.milliseconds(1))
        #expect(server.takeReports().last == .disconnected(.silent))
        server.reopen()
        #expect(server.takeSends() == first)
        #expect(server.dialled[1] != server.dialled[0])
    }

    @Test("client ids follow the server's clock, as told by welcome, pong and refusals")
    func correctsClock() throws {
        var server = ScriptedServer { $0.following = .pushes }
        server.start()
        server.upgrade()
        server.welcome(time: 5_000_000)
        #expect(try #require(send("a", on: &server)).time == WallTime(milliseconds: 5_000_000))
        server.wait(.milliseconds(250))
        #expect(try #require(send("b", on: &server)).time == WallTime(milliseconds: 5_000_250))
        server.say(#"{"op":"pong","time":4000000}"#)
        #expect(try #require(send("c", on: &server)).time == WallTime(milliseconds: 4_000_000))
        var early = ErrorReport(.clientIDEarly, "early")
        early.time = WallTime(milliseconds: 3_000_000)
        server.say(.error(id: server.takeSends()[0].id, early))
        #expect(try #require(send("d", on: &server)).time == WallTime(milliseconds: 3_000_000))
    }

    @Test("ten thousand sends through a window come back once each")
    func survivesManySends() {
        var server = ScriptedServer {
            $0.following = .pushes
            $0.sendsOutstandingMaximum = 256
        }
        server.open()
        var random = SeededRandom(seed: 3)
        var (given, answered): (Int, [UInt64]) = (0, [])
        var outstanding: [SendFrame] = []
        while answered.count < 10_000 {
            while given < 10_000, server.client.sendsWaitingCount < 600 {
                send("m", on: &server)
                given += 1
            }
            outstanding += server.takeSends()
            #expect(outstanding.count <= 256)
            for _ in 0..<min(outstanding.count, 100) {
                let send = outstanding.remove(at: random.below(outstanding.count))
                guard case .number(let number) = send.id else { continue }
                server.say(.ok(id: send.id, .sent(Self.receipt(UInt64(number)))))
            }
            answered += Self.acknowledged(server.takeReports())
        }
        #expect(answered.sorted() == Array(1...10_000))
    }
}

import ChatWire
import ClientCore
import Testing
import Toolbox
import Vocabulary
import WebSocketWire

@Suite("A client's connection")
struct ConnectionTests {
    @Test("the client upgrades, says hello with its token, and reports the welcome")
    func greets() throws {
        var server = ScriptedServer { settings in
            settings.following = .pushes
            settings.device = DeviceID(2)
        }
        server.start()
        #expect(server.dialled.count == 1)
        server.upgrade()
        var hello = Hello(id: .number(0), token: "token")
        hello.device = DeviceID(2)
        #expect(server.takeFrames() == [.hello(hello)])
        #expect(!server.client.isConnected)
        server.welcome()
        #expect(server.client.isConnected)
        guard case .welcomed(let welcome)? = server.takeReports().first else {
            Issue.record("no welcome")
            return
        }
        #expect(welcome.session == ClientSessionID(5))
    }

    @Test("bytes may come one by one")
    func readsSingleBytes() {
        var server = ScriptedServer()
        server.open()
        var writer = ByteWriter()
        ServerFrame.gap(push: 1, chat: ChatID(4), head: SequenceNumber(2)).encode(into: &writer)
        let bytes = WebSocketEncoder.text(writer.take())
        _ = server.takeFrames()
        for offset in 0..<bytes.count { server.receive(bytes.slice(offset..<offset + 1)) }
        #expect(server.takeGets().map(\.chat) == [ChatID(4)])
    }

    @Test("a node that cannot be reached is followed by another one, later and later")
    func backsOff() {
        var server = ScriptedServer()
        server.start()
        var waits: [Duration] = []
        for _ in 0..<20 {
            server.breakConnection()
            #expect(server.takeReports() == [.disconnected(.unreachable)])
            let before = server.now.monotonic
            server.waitForDeadline()
            waits.append(server.now.monotonic - before)
        }
        #expect(server.dialled.count == 21)
        #expect(Set(server.dialled).count == 3)
        for index in 1..<21 { #expect(server.dialled[index] != server.dialled[index - 1]) }
        #expect(waits.allSatisfy { $0 <= .seconds(5) })
        #expect(waits[0] <= .milliseconds(100))
        #expect(waits.contains { $0 > .seconds(1) })
    }

    @Test("a node that takes the connection and says nothing is left after a while")
    func givesUpSilentNodes() {
        var server = ScriptedServer()
        server.start()
        server.connect()
        server.wait(.seconds(9))
        #expect(server.closesCount == 0)
        server.wait(.seconds(1))
        #expect(server.closesCount == 1)
        #expect(server.takeReports() == [.disconnected(.silent)])
        server.waitForDeadline()
        #expect(server.dialled.count == 2)
    }

    @Test("pings keep to the heartbeat, and a connection without a pong is left")
    func noticesDeath() {
        var server = ScriptedServer { $0.following = .pushes }
        server.open()
        _ = server.takeFrames()
        server.wait(.seconds(19))
        #expect(server.takeFrames().isEmpty)
        server.wait(.seconds(1))
        #expect(server.takeFrames() == [.ping(push: nil)])
        server.say(#"{"op":"pong","time":1}"#)
        server.wait(.seconds(10))
        #expect(server.client.isConnected)
        server.wait(.seconds(10))
        #expect(server.takeFrames() == [.ping(push: nil)])
        server.wait(.seconds(10))
        #expect(!server.client.isConnected)
        #expect(server.takeReports().last == .disconnected(.silent))
    }

    @Test("pushes are acknowledged by pings, at the latest after 128")
    func acknowledgesPushes() {
        var server = ScriptedServer { $0.following = .pushes }
        server.open()
        _ = server.takeFrames()
        for push in 1...130 {
            server.say(.entry(push: UInt64(push), ScriptedServer.entry(UInt64(push))))
        }
        #expect(server.takeFrames() == [.ping(push: 128)])
        server.wait(.seconds(20))
        #expect(server.takeFrames() == [.ping(push: 130)])
    }

    @Test("a WebSocket ping is answered")
    func answersPings() {
        var server = ScriptedServer()
        server.open()
        var directives: [ChatClientDirective] = []
        guard let connection = server.connection else {
            Issue.record("no connection")
            return
        }
        server.client.handle(
            .received(connection, WebSocketEncoder.ping("abc")), at: server.now, into: &directives)
        guard case .send(connection, let bytes)? = directives.first else {
            Issue.record("no answer")
            return
        }
        #expect(bytes[0] == 0x8A)
        #expect(bytes.count == 2 + 4 + 3)
    }

    @Test(
        "goaway is followed in its time, to the node it names",
        arguments: [
            (#","url":"ws://n9:99/v1/socket""#, ServerAddress(host: "n9", port: 99)), ("", nil),
        ])
    func followsGoaway(url: String, address: ServerAddress?) {
        var server = ScriptedServer { $0.following = .pushes }
        server.open()
        let first = server.dialled[0]
        server.say(#"{"op":"goaway","reason":"ring","after_ms":700\#(url)}"#)
        #expect(server.client.isConnected)
        server.wait(.milliseconds(699))
        #expect(server.client.isConnected)
        server.wait(.milliseconds(1))
        #expect(server.closesCount == 1)
        #expect(server.takeReports().last == .disconnected(.goneAway(.ring)))
        #expect(server.dialled.count == 2)
        if let address { #expect(server.dialled[1] == address) }
        #expect(server.dialled[1] != first)
    }

    @Test("a node that is the wrong one names the right one")
    func followsRedirects() {
        var server = ScriptedServer()
        server.start()
        server.upgrade()
        server.say(
            #"{"op":"error","id":0,"code":"wrong_node","message":"m","retry":"elsewhere","#
                + #""url":"ws://n9:99"}"#)
        server.waitForDeadline()
        #expect(server.dialled.last == ServerAddress(host: "n9", port: 99))
    }

    @Test("a node that is not ready is asked again no earlier than it said")
    func waitsAsAsked() {
        var server = ScriptedServer()
        server.start()
        server.upgrade()
        server.say(
            #"{"op":"error","id":0,"code":"not_ready","message":"m","retry":"same","after_ms":900}"#
        )
        server.wait(.milliseconds(899))
        #expect(server.dialled.count == 1)
        server.wait(.milliseconds(1))
        #expect(server.dialled.count == 2)
    }

    @Test("a token that is refused ends it all")
    func stopsWithoutToken() {
        var server = ScriptedServer()
        server.start()
        server.upgrade()
        server.say(#"{"op":"error","code":"token_expired","message":"m","retry":"no"}"#)
        #expect(server.client.isStopped)
        #expect(server.client.nextDeadline == nil)
        guard case .stopped(.refused(let report))? = server.takeReports().last else {
            Issue.record("not stopped")
            return
        }
        #expect(report.code == .tokenExpired)
    }

    @Test(
        "close codes end it or start it anew",
        arguments: [
            (4000, false), (4001, false), (4002, true), (4003, true), (4004, true), (4005, false),
            (4006, false), (4007, false), (4008, false), (4009, true), (1000, false), (1011, false),
        ] as [(UInt16, Bool)])
    func obeysCloseCodes(code: UInt16, stops: Bool) {
        var server = ScriptedServer()
        server.open()
        server.receive(WebSocketEncoder.close(code: code))
        #expect(server.client.isStopped == stops)
        #expect(server.closesCount == 1)
        #expect(
            server.takeReports().last
                == (stops ? .stopped(.closed(code: code)) : .disconnected(.closed(code: code))))
        server.waitForDeadline()
        #expect(server.dialled.count == (stops ? 1 : 2))
    }

    @Test("a session is resumed from the last push, until its resume is lost")
    func resumes() {
        var server = ScriptedServer { $0.following = .pushes }
        server.open()
        server.say(.entry(push: 3, ScriptedServer.entry(1)))
        server.breakConnection()
        server.waitForDeadline()
        _ = server.takeFrames()
        server.upgrade()
        guard case .hello(let hello)? = server.takeFrames().first else {
            Issue.record("no hello")
            return
        }
        #expect(hello.resume == .from(session: ClientSessionID(5), push: 3))
        server.receive(WebSocketEncoder.close(code: 4005))
        server.waitForDeadline()
        server.upgrade()
        guard case .hello(let second)? = server.takeFrames().first else {
            Issue.record("no second hello")
            return
        }
        #expect(second.resume == .none)
    }

    @Test(
        "an upgrade that is not accepted leads to another node",
        arguments: [
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n",
            "SSH-2.0-OpenSSH_9.2\r\n\r\n", "\u{0}\u{1}\u{2}\r\n\r\n",
        ])
    func distrusts(answer: String) {
        var server = ScriptedServer()
        server.start()
        server.connect()
        server.receive(Bytes(answer))
        #expect(!server.client.isStopped)
        #expect(server.closesCount == 1)
        server.waitForDeadline()
        #expect(server.dialled.count == 2)
    }

    @Test(
        "the largest numbers of a server do no harm",
        arguments: [
            #"{"op":"goaway","reason":"ring","after_ms":9007199254740991}"#,
            #"{"op":"error","id":-1,"code":"not_ready","message":"m","retry":"same","#
                + #""after_ms":9007199254740991}"#,
            #"{"op":"error","id":1,"code":"not_ready","message":"m","retry":"same","#
                + #""after_ms":9007199254740991,"time":9007199254740991}"#,
            #"{"op":"pong","time":9007199254740991}"#,
            #"{"op":"gap","push":9007199254740991,"chat":"4","head":9007199254740991}"#,
            #"{"op":"ok","id":9007199254740991,"seq":1,"ord":1,"time":1}"#,
            #"{"op":"ok","id":-9007199254740991,"seq":1,"ord":1,"time":1}"#,
        ])
    func survivesLargeNumbers(text: String) {
        var server = ScriptedServer()
        server.open()
        server.act { _ = $0.send("a", to: ChatID(4), at: $1, into: &$2) }
        server.say(text)
        server.act { _ = $0.send("b", to: ChatID(4), at: $1, into: &$2) }
        server.wait(.milliseconds(5))
        #expect(server.client.isConnected)
        #expect(server.client.sendsWaitingCount == 2)
    }

    @Test("events of connections that are over change nothing")
    func ignoresTheDead() {
        var server = ScriptedServer()
        server.open()
        let old = ConnectionID(server.connection?.rawValue ?? 0)
        server.breakConnection()
        server.reopen()
        _ = server.takeReports()
        server.act { $0.handle(.closed(old), at: $1, into: &$2) }
        server.act { $0.handle(.received(old, "x"), at: $1, into: &$2) }
        server.act { $0.handle(.connected(old), at: $1, into: &$2) }
        #expect(server.client.isConnected)
        #expect(server.takeReports().isEmpty)
    }

    @Test("stopping says goodbye and is final")
    func stops() {
        var server = ScriptedServer()
        server.open()
        server.act { $0.stop(at: $1, into: &$2) }
        server.act { $0.stop(at: $1, into: &$2) }
        server.act { $0.start(at: $1, into: &$2) }
        #expect(server.closesCount == 1)
        #expect(server.dialled.count == 1)
        #expect(server.takeReports().last == .stopped(.asked))
    }

    @Test("random bytes from a server do no harm")
    func survivesFuzzing() {
        var random = SeededRandom(seed: 77)
        var server = ScriptedServer { $0.following = .fromNow }
        server.start()
        for _ in 0..<2_000 {
            if server.connection == nil { server.waitForDeadline() }
            if random.chance(0.8) {
                server.upgrade()
                server.welcome()
            } else {
                server.connect()
            }
            var writer = ByteWriter()
            ServerFrame.entry(push: 1, ScriptedServer.entry(random.below(UInt64(9)))).encode(
                into: &writer)
            var bytes = WebSocketEncoder.text(writer.take()).array
            for _ in 0...random.below(3) {
                bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
            }
            server.receive(Bytes(bytes))
            server.breakConnection()
        }
        #expect(server.dialled.count > 1_000)
    }
}

@Suite("Addresses of nodes")
struct ServerAddressTests {
    @Test(
        "URLs and texts name a host and a port",
        arguments: [
            ("ws://h:81/v1/socket", "h:81"), ("http://h:81", "h:81"), ("ws://[::1]:9/x", "[::1]:9"),
            ("ws://h", nil), ("wss://h:1", nil), ("h:81", nil), ("ws://h:0", nil),
            ("ws://h:65536", nil), ("ws://:80", nil), ("ws://a@b:80", nil), ("ws://::1:9", nil),
            ("ws://a b:80", nil),
        ])
    func reads(url: String, text: String?) {
        #expect(ServerAddress(url: url)?.description == text)
    }
}

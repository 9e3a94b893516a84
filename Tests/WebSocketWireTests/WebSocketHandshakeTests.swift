import Testing
import Toolbox
import WebSocketWire

@Suite("The opening handshake")
struct WebSocketHandshakeTests {
    static let good = [
        "Upgrade": ["WebSocket"], "Connection": ["keep-alive, Upgrade"],
        "Sec-WebSocket-Key": ["dGhlIHNhbXBsZSBub25jZQ=="], "Sec-WebSocket-Version": ["13"],
        "Sec-WebSocket-Protocol": ["other , rookery.v1"],
    ]

    private func answer(
        _ fields: [String: [String]], method: String = "GET"
    ) -> WebSocketHandshake.Answer {
        WebSocketHandshake.answer(method: method, subprotocols: ["rookery.v1"]) {
            fields[$0] ?? []
        }
    }

    @Test("accepts a good request and chooses the subprotocol")
    func accepted() throws {
        guard case .accepted(let subprotocol, let fields) = answer(Self.good) else {
            Issue.record("refused")
            return
        }
        #expect(subprotocol == "rookery.v1")
        #expect(
            fields.map { "\($0.name): \($0.value)" } == [
                "Upgrade: websocket", "Connection: Upgrade",
                "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
                "Sec-WebSocket-Protocol: rookery.v1",
            ])
    }

    @Test("goes on without a subprotocol if none of ours is offered", arguments: [[], ["chat"]])
    func noSubprotocol(offered: [String]) {
        var fields = Self.good
        fields["Sec-WebSocket-Protocol"] = offered
        guard case .accepted(nil, let answered) = answer(fields) else {
            Issue.record("refused")
            return
        }
        #expect(answered.count == 3)
    }

    @Test(
        "refuses what is no WebSocket of version 13",
        arguments: [
            ("Upgrade", [], 426), ("Upgrade", ["h2c"], 426), ("Connection", [], 426),
            ("Connection", ["keep-alive"], 426), ("Sec-WebSocket-Version", [], 426),
            ("Sec-WebSocket-Version", ["8"], 426), ("Sec-WebSocket-Version", ["13", "13"], 426),
            ("Sec-WebSocket-Key", [], 400), ("Sec-WebSocket-Key", [""], 400),
            ("Sec-WebSocket-Key", ["dGhlIHNhbXBsZSBub25jZQ"], 400),
            ("Sec-WebSocket-Key", ["dGhlIHNhbXBsZSBub25j"], 400),
            ("Sec-WebSocket-Key", ["dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ=="], 400),
        ] as [(String, [String], Int)])
    func refused(name: String, values: [String], status: Int) {
        var fields = Self.good
        fields[name] = values
        guard case .refused(status, _, let answered) = answer(fields) else {
            Issue.record("not refused with \(status)")
            return
        }
        #expect(answered.contains { $0.name == "Upgrade" } == (status == 426))
    }

    @Test("refuses other methods")
    func method() {
        guard case .refused(405, _, _) = answer(Self.good, method: "POST") else {
            Issue.record("not refused")
            return
        }
    }

    @Test("is agreed on by both sides, and by no other answer")
    func bothSides() {
        let nonce = Bytes((0..<16).map { UInt8($0) })
        let asked = WebSocketHandshake.requestFields(nonce: nonce, subprotocol: "rookery.v1")
        let request = Dictionary(uniqueKeysWithValues: asked.map { ($0.name, [$0.value]) })
        guard case .accepted(_, let fields) = answer(request) else {
            Issue.record("refused")
            return
        }
        let good = Dictionary(uniqueKeysWithValues: fields.map { ($0.name, [$0.value]) })
        #expect(isOpened(good, nonce))
        #expect(!isOpened(good, nonce, status: 200))
        #expect(!isOpened(good, Bytes([UInt8](repeating: 9, count: 16))), "another key's answer")
        for (name, values) in [
            ("Upgrade", []), ("Connection", ["close"]), ("Sec-WebSocket-Accept", []),
            ("Sec-WebSocket-Protocol", ["other"]), ("Sec-WebSocket-Extensions", ["deflate"]),
        ] as [(String, [String])] {
            var bad = good
            bad[name] = values
            #expect(!isOpened(bad, nonce), "\(name) \(values)")
        }
        var declined = good
        declined["Sec-WebSocket-Protocol"] = []
        #expect(isOpened(declined, nonce))
    }

    private func isOpened(
        _ fields: [String: [String]], _ nonce: Bytes, status: Int = 101
    ) -> Bool {
        WebSocketHandshake.isOpened(
            byStatus: status, nonce: nonce, subprotocol: "rookery.v1"
        ) { fields[$0] ?? [] }
    }
}

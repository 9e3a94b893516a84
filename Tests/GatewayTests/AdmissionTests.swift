import ChatWire
import Gateway
import HTTPWire
import Placement
import Testing
import Toolbox
import Vocabulary

/// New sockets are taken at a pace; who comes above it learns when to come again.
@Suite struct AdmissionTests {
    private func knock(_ rig: inout Rig) throws -> HTTPResponse? {
        let connection = rig.connect()
        try rig.request(
            .get, "/v1/socket",
            headers: [
                ("Upgrade", "websocket"), ("Connection", "Upgrade"),
                ("Sec-WebSocket-Version", "13"),
                ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
                ("Sec-WebSocket-Protocol", "rookery.v1"),
            ], on: connection)
        return try rig.response(on: connection)
    }

    private func invitation(_ response: HTTPResponse?) throws -> Int? {
        guard let response, response.status == 503 else { return nil }
        let report = try ErrorReport(decoding: response.body)
        #expect(report.code == .overloaded)
        let after = try #require(report.afterMilliseconds)
        #expect(response.headers.values(of: "Retry-After") == ["\(max(1, (after + 999) / 1_000))"])
        return after
    }

    @Test func `a burst is taken, and the rest is invited one after the other`() throws {
        var rig = Rig { settings in
            settings.admissionsPerSecondMaximum = 100
            settings.admissionsBurst = 20
        }
        var taken = 0
        var invited: [Int] = []
        for _ in 0..<120 {
            let response = try knock(&rig)
            if response?.status == 101 { taken += 1 }
            if let after = try invitation(response) { invited.append(after) }
        }
        #expect(taken == 20)
        #expect(invited.count == 100)
        // A hundred at a hundred per second: spread over the second, none with another.
        #expect(invited == invited.sorted())
        let busiest =
            invited.indices.map { first in
                invited[first...].prefix { $0 < invited[first] + 100 }.count
            }.max() ?? 0
        #expect(busiest <= 12, "\(busiest) within 100 ms")
        #expect((900...1_100).contains(invited.last ?? 0))
    }

    @Test func `who comes when invited is taken`() throws {
        var rig = Rig { settings in
            settings.admissionsPerSecondMaximum = 100
            settings.admissionsBurst = 5
        }
        var due: [Int64] = []
        for _ in 0..<30 {
            let response = try knock(&rig)
            if let after = try invitation(response) {
                due.append(rig.clock + Int64(after) * 1_000_000)
            }
        }
        #expect(due.count == 25)
        var again = 0
        for moment in due.sorted() {
            rig.pass(.nanoseconds(max(0, moment - rig.clock)))
            if try knock(&rig)?.status != 101 { again += 1 }
        }
        #expect(again <= 2, "\(again) had to come a third time")
    }

    @Test func `the gateway's whereabouts say how long to wait`() throws {
        var rig = Rig { settings in
            settings.admissionsPerSecondMaximum = 10
            settings.admissionsBurst = 1
        }
        func wait(_ rig: inout Rig) throws -> Int {
            let connection = rig.connect()
            try rig.request(
                .get, "/v1/gateway", token: Rig.token(Rig.user(0)), on: connection)
            let response = try #require(try rig.response(on: connection))
            return try ChatWire.GatewayAnswer(decoding: response.body).afterMilliseconds
        }
        #expect(try wait(&rig) == 0)
        for _ in 0..<21 { _ = try knock(&rig) }
        #expect((1_900...2_000).contains(try wait(&rig)))
        rig.pass(.seconds(3))
        #expect(try wait(&rig) == 0)
    }

    @Test func `a flood is invited within a minute`() throws {
        var rig = Rig { settings in
            settings.admissionsPerSecondMaximum = 1
            settings.admissionsBurst = 1
        }
        var longest = 0
        for _ in 0..<300 {
            longest = max(longest, try invitation(try knock(&rig)) ?? 0)
        }
        #expect(longest <= 61_000)
    }
}

import ChatWire
import Gateway
import HTTPWire
import Membership
import Testing
import Toolbox
import Vocabulary

@Suite struct AccountTests {
    let account = Account(
        user: Rig.user(0, home: 2), name: "ada", displayName: "Ada", email: "", hash: "$y$hash",
        devices: [])

    @Test func `registering hashes the password before it asks anybody`() throws {
        var rig = Rig()
        let client = rig.connect()
        try rig.request(
            .post, "/v1/users", body: #"{"name":"ada","password":"long enough"}"#, on: client)
        #expect(rig.asked.isEmpty)
        #expect(rig.works.map(\.work) == [.hash(password: "long enough")])
        rig.finishWork(.hashed("$y$x"))
        #expect(
            rig.asked.map(\.question) == [
                .decide(.register(name: "ada", displayName: "", email: "", hash: "$y$x"))
            ])
        rig.answer(.membership(.registered(UserID(9))))
        let response = try #require(try rig.response(on: client))
        #expect(response.status == 201)
        #expect(response.body == #"{"user":"9"}"#)
        #expect(response.headers["Cache-Control"] == "no-store")
        #expect(response.headers["X-Content-Type-Options"] == "nosniff")
    }

    @Test func `a taken name is a conflict`() throws {
        var rig = Rig()
        let client = rig.connect()
        try rig.request(
            .post, "/v1/users", body: #"{"name":"ada","password":"long enough"}"#, on: client)
        rig.finishWork(.hashed("$y$x"))
        rig.answer(.membership(.refused(.nameTaken)))
        let response = try #require(try rig.response(on: client))
        #expect(response.status == 409)
        #expect(try ErrorReport(decoding: response.body).code == .nameTaken)
    }

    @Test func `logging in gives a token that opens requests, and says where to go`() throws {
        var rig = Rig()
        let client = rig.connect()
        try rig.request(
            .post, "/v1/sessions", body: #"{"name":"ada","password":"long enough"}"#, on: client)
        #expect(rig.asked.map(\.question) == [.lookUp(.account(name: "ada"))])
        rig.answer(.found(.account(account)))
        #expect(
            rig.works.map(\.work) == [.verify(password: "long enough", hash: "$y$hash")])
        rig.finishWork(.verified(true))
        rig.answer(.membership(.deviceOpened(DeviceID(44))))
        let response = try #require(try rig.response(on: client))
        #expect(response.status == 201)
        let session = try SessionAnswer(decoding: response.body)
        #expect(session.user == account.user)
        #expect(session.device == DeviceID(44))
        #expect(session.gateway.url == "http://127.0.0.1:8082")
        #expect(session.gateway.node == NodeID(2))

        try rig.request(.get, "/v1/gateway", token: session.token.text, on: client)
        let gateway = try #require(try rig.response(on: client))
        #expect(gateway.status == 200)
        #expect(try ChatWire.GatewayAnswer(decoding: gateway.body).ringEpoch == RingEpoch(3))
        try rig.request(.get, "/v1/gateway", token: session.refresh.text, on: client)
        #expect(try rig.response(on: client)?.status == 401)
    }

    @Test func `an unknown name and a wrong password take the same steps and say the same`() throws
    {
        var bodies: [Bytes] = []
        for found in [MembershipAnswer.account(account), .refused(.notFound)] {
            var rig = Rig()
            let client = rig.connect()
            try rig.request(
                .post, "/v1/sessions", body: #"{"name":"ada","password":"long enough"}"#,
                on: client)
            rig.answer(.found(found))
            #expect(rig.works.count == 1)
            rig.finishWork(.verified(false))
            let response = try #require(try rig.response(on: client))
            #expect(response.status == 401)
            #expect(response.headers["WWW-Authenticate"] == "Bearer")
            bodies.append(response.body)
        }
        #expect(bodies[0] == bodies[1])
        #expect(try ErrorReport(decoding: bodies[0]).code == .wrongCredentials)
    }

    @Test func `an unknown name is no log-in even if the worker says yes`() throws {
        var rig = Rig()
        let client = rig.connect()
        try rig.request(
            .post, "/v1/sessions", body: #"{"name":"ada","password":"long enough"}"#, on: client)
        rig.answer(.found(.refused(.notFound)))
        #expect(rig.works.map(\.work) == [.verify(password: "long enough", hash: nil)])
        rig.finishWork(.verified(true))
        #expect(try rig.response(on: client)?.status == 401)
    }

    @Test func `more passwords than workers can take are refused with a time to wait`() throws {
        var rig = Rig { $0.passwordJobsMaximum = 1 }
        let (first, second) = (rig.connect(), rig.connect())
        let body = #"{"name":"ada","password":"long enough"}"#
        try rig.request(.post, "/v1/users", body: body, on: first)
        try rig.request(.post, "/v1/users", body: body, on: second)
        let response = try #require(try rig.response(on: second))
        #expect(response.status == 503)
        #expect(response.headers["Retry-After"] == "1")
        rig.finishWork(.failed)
        #expect(try rig.response(on: first)?.status == 503)
        try rig.request(.post, "/v1/users", body: body, on: second)
        #expect(rig.works.count == 1)
    }

    @Test(arguments: ["{", #"{"name":"ada"}"#, #"{"name":"ada","password":"short"}"#, "[]"])
    func `a registration that is none asks nobody`(body: String) throws {
        var rig = Rig()
        let client = rig.connect()
        try rig.request(.post, "/v1/users", body: body, on: client)
        #expect(try rig.response(on: client)?.status == 400)
        #expect(rig.works.isEmpty)
    }

    @Test func `finding somebody gives a list of one or none`() throws {
        var rig = Rig()
        let client = rig.connect()
        let token = Rig.token(Rig.user(1))
        try rig.request(.get, "/v1/users?name=ada", token: token, on: client)
        rig.answer(.found(.account(account)))
        let found = try #require(try rig.response(on: client))
        let users = try UsersAnswer(decoding: found.body).users
        #expect(users.map(\.user) == [account.user])
        try rig.request(.get, "/v1/users?name=eve", token: token, on: client)
        rig.answer(.found(.refused(.notFound)))
        let none = try #require(try rig.response(on: client))
        #expect(none.body == #"{"users":[]}"#)
    }
}

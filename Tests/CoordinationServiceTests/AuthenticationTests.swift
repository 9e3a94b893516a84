import Coordination
import CoordinationService
import Testing
import Toolbox
import Vocabulary
import ZooKeeperWire

@Suite("A connection's identities")
struct AuthenticationTests {
    private static func proof(_ scheme: Bytes, _ credentials: Bytes) -> ZooKeeperRequest {
        .auth(AuthenticationRequest(scheme: scheme, credentials: credentials))
    }

    private static let mine = [
        AccessEntry(permissions: .all, identity: AccessIdentity(scheme: "auth", id: ""))
    ]

    @Test("add up, and are told without hashes")
    func addUp() throws {
        var ensemble = Ensemble()
        let client = ensemble.connect()
        for credentials: Bytes in ["bob:pw", "eve:x", "nocolon", "bob:pw"] {
            let reply = try ensemble.call(Self.proof("digest", credentials), from: client)
            #expect(reply?.header == ReplyHeader(xid: .auth, zxid: .zero))
        }
        let reply = try ensemble.call(.whoAmI, from: client)
        let told = ["ip:127.0.0.1", "digest:bob", "digest:eve", "digest:nocolon"]
        guard case .identities(let identities)? = reply?.body else {
            Issue.record("no identities")
            return
        }
        #expect(identities.map { "\($0.scheme.text ?? ""):\($0.id.text ?? "")" } == told)
        _ = try ensemble.call(
            .create(CreateRequest(path: "/m", data: nil, access: Self.mine, mode: .persistent)),
            from: client)
        let access = try ensemble.call(.getACL("/m"), from: client)
        guard case .access(let entries, _)? = access?.body else {
            Issue.record("no list")
            return
        }
        #expect(entries.first?.identity.id == "bob:ikIaKsbtGweaHnb/jKn7OHqbunM=")
        #expect(entries.count == 3)
    }

    @Test("count for the requests behind them, not for those in front")
    func order() throws {
        var ensemble = Ensemble()
        let owner = ensemble.connect()
        _ = try ensemble.call(Self.proof("digest", "bob:pw"), from: owner)
        _ = try ensemble.call(
            .create(CreateRequest(path: "/m", data: nil, access: Self.mine, mode: .persistent)),
            from: owner)
        let other = ensemble.connect()
        ensemble.send(.getData(ReadRequest(path: "/m")), from: other)
        ensemble.send(Self.proof("digest", "bob:pw"), from: other)
        ensemble.send(.getData(ReadRequest(path: "/m")), from: other)
        #expect(try ensemble.heard(other) == ["noAuth", "ok", "ok"])
        // They are the connection's, not the session's.
        let again = ensemble.reconnect(other)
        #expect(
            try ensemble.call(.getData(ReadRequest(path: "/m")), from: again)?.error == .noAuth)
    }

    @Test("that prove nothing close the connection", arguments: ["world", "x509", "", "rookery"])
    func refused(scheme: String) throws {
        var ensemble = Ensemble()
        let client = ensemble.connect()
        let reply = try ensemble.call(Self.proof(Bytes(scheme), "anyone"), from: client)
        #expect(reply?.header == ReplyHeader(xid: .auth, zxid: .zero, error: .authFailed))
        #expect(ensemble.clients[client].isClosed)
    }

    @Test("may be the superuser's")
    func superuser() throws {
        var settings = CoordinationServiceSettings()
        settings.superDigest = "super:D/InIHSb7yEEbrWz8b9l71RjZJU="
        var ensemble = Ensemble(settings: settings)
        let owner = ensemble.connect()
        _ = try ensemble.call(Self.proof("digest", "bob:pw"), from: owner)
        _ = try ensemble.call(
            .create(CreateRequest(path: "/m", data: nil, access: Self.mine, mode: .persistent)),
            from: owner)
        for (password, isSuper) in [("wrong", false), ("test", true)] {
            let client = ensemble.connect()
            _ = try ensemble.call(Self.proof("digest", Bytes("super:" + password)), from: client)
            let reply = try ensemble.call(.getData(ReadRequest(path: "/m")), from: client)
            #expect((reply?.error == nil) == isSuper)
        }
    }

    @Test("let the cluster alone write under its own path")
    func cluster() throws {
        var ensemble = Ensemble()
        let cluster = ensemble.connect(
            identities: [AccessIdentity(scheme: "rookery", id: "cluster")])
        let client = ensemble.connect()
        #expect(try ensemble.create("/rookery", from: client)?.error == .noAuth)
        #expect(try ensemble.create("/rookery", from: cluster)?.error == nil)
        #expect(try ensemble.create("/rookery/x", from: client)?.error == .noAuth)
        let proof = CoordinationServiceInstance.clusterProof(secret: Ensemble.secret)
        #expect(try ensemble.call(Self.proof("rookery", proof), from: client)?.error == nil)
        #expect(try ensemble.create("/rookery/x", from: client)?.error == nil)
    }

    // Source: RFC 2831 §2.1.2, as pure-sasl and Java's client make it.
    private static func response(
        to challenge: String, user: String, password: String, uri: String = "zookeeper/zk-sasl-md5"
    ) -> (token: Bytes, expected: Bytes) {
        let nonce = challenge.split(separator: "nonce=\"")[1].split(separator: "\"")[0]
        let hex = { (bytes: Bytes) in HexDigits.encode(MD5.digest(of: bytes)) }
        let secret = MD5.digest(of: Bytes("\(user):zk-sasl-md5:\(password)"))
        let session = hex(Bytes(secret.array + Array(":\(nonce):cnonce".utf8)))
        let proof = { (action: String) in
            hex(Bytes("\(session):\(nonce):00000001:cnonce:auth:" + hex(Bytes(action))))
        }
        let token =
            "charset=utf-8,username=\"\(user)\",realm=\"zk-sasl-md5\",nonce=\"\(nonce)\","
            + "nc=00000001,cnonce=\"cnonce\",digest-uri=\"\(uri)\",maxbuf=65536,"
            + "response=\(proof("AUTHENTICATE:" + uri)),qop=auth"
        return (Bytes(token), Bytes("rspauth=" + proof(":" + uri)))
    }

    private static var withUsers: CoordinationServiceSettings {
        var settings = CoordinationServiceSettings()
        settings.users = [CoordinationUser(name: "bob", password: "secret")]
        return settings
    }

    private static func token(_ answer: Answer?) -> Bytes? {
        if case .token(let token)? = answer?.body { token } else { nil }
    }

    @Test("may be proved by SASL, both sides to each other")
    func sasl() throws {
        var ensemble = Ensemble(settings: Self.withUsers)
        let client = ensemble.connect()
        let challenge = Self.token(try ensemble.call(.sasl(token: ""), from: client))
        let text = try #require(challenge?.text)
        let (token, expected) = Self.response(to: text, user: "bob", password: "secret")
        #expect(Self.token(try ensemble.call(.sasl(token: token), from: client)) == expected)
        let own = [
            AccessEntry(permissions: .all, identity: AccessIdentity(scheme: "sasl", id: "bob"))
        ]
        _ = try ensemble.call(
            .create(CreateRequest(path: "/s", data: nil, access: own, mode: .persistent)),
            from: client)
        #expect(try ensemble.call(.getData(ReadRequest(path: "/s")), from: client)?.error == nil)
        let other = ensemble.connect()
        #expect(
            try ensemble.call(.getData(ReadRequest(path: "/s")), from: other)?.error == .noAuth)
    }

    @Test(
        "are not proved by SASL with a wrong password, name, place, or a used token",
        arguments: [
            ("bob", "wrong", "zookeeper/zk-sasl-md5"), ("eve", "secret", "zookeeper/zk-sasl-md5"),
            ("bob", "secret", "imap/elsewhere"),
        ])
    func failedSasl(user: String, password: String, uri: String) throws {
        var ensemble = Ensemble(settings: Self.withUsers)
        let client = ensemble.connect()
        let challenge = Self.token(try ensemble.call(.sasl(token: nil), from: client))
        let text = try #require(challenge?.text)
        let (token, _) = Self.response(to: text, user: user, password: password, uri: uri)
        let reply = try ensemble.call(.sasl(token: token), from: client)
        #expect(reply?.error == .authFailed)
        #expect(ensemble.clients[client].isClosed)
        let other = ensemble.connect()
        #expect(try ensemble.call(.sasl(token: token), from: other)?.error == .authFailed)
    }

    @Test("are not proved by any bytes, and harm nobody", arguments: 0..<20)
    func strangeTokens(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        var ensemble = Ensemble(settings: Self.withUsers)
        for _ in 0..<50 {
            let client = ensemble.connect()
            let challenge = Self.token(try ensemble.call(.sasl(token: ""), from: client))
            let text = try #require(challenge?.text)
            var bytes = Self.response(to: text, user: "bob", password: "secret").token.array
            switch random.below(3) {
            case 0: bytes.removeLast(1 + random.below(bytes.count - 10))
            // Bit 5 alone would turn a letter's case, which some fields bear.
            case 1: bytes[30 + random.below(bytes.count - 40)] ^= UInt8(1 + random.below(7))
            default: bytes = (0..<random.below(60)).map { _ in UInt8(random.below(256)) }
            }
            let whole = Self.response(to: text, user: "bob", password: "secret").token
            let answer = try ensemble.call(.sasl(token: Bytes(bytes)), from: client)
            if answer?.error == nil {
                // What is not part of the proof may be bent, and `,qop=auth` left out.
                #expect(bytes.count >= whole.count - 9)
            } else {
                #expect(ensemble.clients[client].isClosed)
            }
            ensemble.cut(client)
        }
    }
}

import Credentials
import Toolbox

/// One exchange of SASL's DIGEST-MD5, from the server's side: a challenge, then a proof that the
/// client knows a password, answered by a proof that the server does.
///
/// Source: RFC 2831 §2.1, with qop `auth` alone, and as ZooKeeper's clients speak it.
struct DigestExchange: Sendable {
    enum Step: Equatable {
        case challenge(Bytes)
        /// The client is `user`; the token proves the server.
        case proved(user: Bytes, token: Bytes)
        case failed
    }

    private enum State {
        case fresh
        case challenged
        case over
    }

    /// What ZooKeeper's servers call themselves, and so what clients name in their proof.
    static let host: Bytes = "zk-sasl-md5"
    private static let uri: Bytes = "zookeeper/zk-sasl-md5"

    private let nonce: Bytes
    private var state = State.fresh

    /// - Parameter nonce: text that nobody can foresee, without quotes.
    init(nonce: Bytes) { self.nonce = nonce }

    /// The client's next token.
    mutating func receive(_ token: Bytes?, users: [CoordinationUser]) -> Step {
        switch state {
        case .fresh where token?.isEmpty ?? true:
            state = .challenged
            return .challenge(challenge)
        case .challenged:
            state = .over
            return proof(in: DigestFields(token ?? Bytes()), users: users)
        case .fresh, .over: return .failed
        }
    }

    private var challenge: Bytes {
        Self.joined([
            "realm=\"", Self.host, "\",nonce=\"", nonce,
            "\",qop=\"auth\",charset=utf-8,algorithm=md5-sess",
        ])
    }

    private func proof(in fields: DigestFields?, users: [CoordinationUser]) -> Step {
        guard let fields,
            let name = fields["username"], let theirs = fields["nonce"],
            let clientNonce = fields["cnonce"], let count = fields["nc"],
            let uri = fields["digest-uri"], let response = fields["response"],
            theirs == nonce, count == "00000001", uri == Self.uri,
            fields["qop"] ?? "auth" == "auth",
            let user = users.first(where: { $0.name == name })
        else { return .failed }
        let realm = fields["realm"] ?? Bytes()
        let secret = MD5.digest(of: Self.joined([name, ":", realm, ":", user.password]))
        var parts = [secret, ":", nonce, ":", clientNonce]
        if let authorized = fields["authzid"] {
            // Nobody acts for another here.
            guard authorized == name else { return .failed }
            parts += [":", authorized]
        }
        let session = Self.hex(MD5.digest(of: Self.joined(parts)))
        let middle = Self.joined([":", nonce, ":", count, ":", clientNonce, ":auth:"])
        let expected = Self.digest(session, middle, saying: "AUTHENTICATE:")
        guard ConstantTime.equal(response, expected) else { return .failed }
        let answer = Self.digest(session, middle, saying: ":")
        return .proved(user: name, token: Self.joined(["rspauth=", answer]))
    }

    private static func digest(_ session: Bytes, _ middle: Bytes, saying method: Bytes) -> Bytes {
        let action = hex(MD5.digest(of: joined([method, uri])))
        return hex(MD5.digest(of: joined([session, middle, action])))
    }

    private static func hex(_ digest: Bytes) -> Bytes { Bytes(HexDigits.encode(digest)) }

    static func joined(_ parts: [Bytes]) -> Bytes {
        var writer = ByteWriter(reserving: 128)
        for part in parts { writer.writeRaw(part) }
        return writer.take()
    }
}

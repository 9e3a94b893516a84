import Coordination
import Credentials
public import Toolbox
import Vocabulary
import ZooKeeperWire

// What a connection proves to be. It counts for that connection alone.
extension CoordinationServiceInstance {
    /// What the cluster's own programs show in an auth packet of scheme `rookery`.
    public static func clusterProof(secret: Bytes) -> Bytes {
        SessionPasswords(secret: secret).clusterProof
    }

    /// An auth packet. Schemes that prove nothing or are unknown close the connection, as in
    /// ZooKeeper.
    mutating func authenticate(
        _ request: AuthenticationRequest, _ slot: Int,
        into directives: inout [CoordinationServiceDirective]
    ) {
        var isAccepted = true
        switch request.scheme {
        case "digest": addDigest(of: request.credentials, slot)
        case "ip": break
        case "rookery":
            isAccepted = ConstantTime.equal(request.credentials, passwords.clusterProof)
            if isAccepted { add(AccessIdentity(scheme: "rookery", id: "cluster"), slot) }
        case "rookery-reads":
            isAccepted = request.credentials == "local" || request.credentials == "linearizable"
            table[slot].readsLocally = request.credentials == "local"
        default: isAccepted = false
        }
        let header = ReplyHeader(
            xid: .auth, zxid: .zero, error: isAccepted ? nil : .authFailed)
        reply(header, .nothing, slot)
        if !isAccepted { drop(slot, into: &directives) }
    }

    /// There is no table of users: whoever shows a password is who has that password.
    private mutating func addDigest(of credentials: Bytes, _ slot: Int) {
        let array = credentials.array
        let colon = array.firstIndex(of: UInt8(ascii: ":")) ?? array.count
        var id = ByteWriter(reserving: array.count + 32)
        id.writeRaw(Bytes(Array(array[..<colon])))
        id.write(UInt8(ascii: ":"))
        id.writeRaw(Base64.encode(SHA1.digest(of: credentials)))
        let digest = id.take()
        add(AccessIdentity(scheme: "digest", id: digest), slot)
        if let superDigest = settings.superDigest, ConstantTime.equal(superDigest, digest) {
            add(AccessIdentity(scheme: "super", id: Bytes()), slot)
        }
    }

    private mutating func add(_ identity: AccessIdentity, _ slot: Int) {
        guard !table[slot].identities.contains(identity) else { return }
        // A client that sends ever new ones would make every command of its longer.
        guard table[slot].identities.count < Self.identitiesMaximum else { return }
        table[slot].identities.append(identity.detached())
    }

    private static let identitiesMaximum = 32

    /// A step of SASL's DIGEST-MD5.
    mutating func exchange(
        _ token: Bytes?, _ xid: Xid, _ slot: Int,
        into directives: inout [CoordinationServiceDirective]
    ) {
        nonces += 1
        var exchange =
            table[slot].sasl
            ?? DigestExchange(nonce: passwords.nonce(incarnation.rawValue, nonces))
        let step = exchange.receive(token, users: settings.users)
        table[slot].sasl = exchange
        let header = ReplyHeader(xid: xid, zxid: zxid)
        switch step {
        case .challenge(let challenge): reply(header, .token(challenge), slot)
        case .proved(let user, let proof):
            table[slot].sasl = nil
            add(AccessIdentity(scheme: "sasl", id: user), slot)
            reply(header, .token(proof), slot)
        case .failed:
            reply(
                ReplyHeader(xid: xid, zxid: zxid, error: .authFailed), .nothing, slot)
            drop(slot, into: &directives)
        }
    }
}

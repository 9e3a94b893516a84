import Credentials
import Toolbox
import ZooKeeperWire

/// Derives what only a session's own client knows, the same on every node: nothing is stored.
struct SessionPasswords: Sendable {
    private let code: HMAC

    init(secret: Bytes) { code = HMAC(key: secret) }

    /// 16 bytes.
    func password(of session: CoordinationSessionID) -> Bytes {
        var writer = ByteWriter(reserving: 24)
        writer.writeRaw(Bytes("session "))
        writer.writeBigEndian(session.rawValue)
        return code.code(for: writer.take()).slice(0..<ConnectResponse.passwordBytes)
    }

    /// In the same time wherever they differ.
    func isPassword(_ bytes: Bytes, of session: CoordinationSessionID) -> Bool {
        ConstantTime.equal(bytes, password(of: session))
    }

    /// What the cluster's own clients show, as hexadecimal digits, to be of the scheme `rookery`.
    var clusterProof: Bytes {
        Bytes(HexDigits.encode(code.code(for: "coordination of the cluster")))
    }

    /// Text that nobody can foresee, different for every pair of numbers.
    func nonce(_ first: UInt64, _ second: UInt64) -> Bytes {
        var writer = ByteWriter(reserving: 24)
        writer.writeRaw(Bytes("nonce   "))
        writer.writeBigEndian(first)
        writer.writeBigEndian(second)
        return Bytes(HexDigits.encode(code.code(for: writer.take()).slice(0..<20)))
    }
}

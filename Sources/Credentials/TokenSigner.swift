public import Toolbox
public import Vocabulary

/// Signs tokens and checks them, without asking anybody.
///
/// A token is the base64url text of
/// ```
/// kind 1 | key id 1 | user 8 | device 8 | issued 8 | expires 8 | random 16 | HMAC-SHA256 32
/// ```
/// with numbers big-endian and the code over all that stands before it. The signature is checked
/// before anything else is looked at, but for the key id, which says what to check with.
///
/// Two keys may be live: tokens are signed by the current one, and those of the previous one are
/// still taken, so that keys change without logging anybody out.
public struct TokenSigner: Sendable {
    /// Characters of every token.
    public static let textBytes = (tokenBytes * 4 + 2) / 3

    private enum Kind: UInt8 {
        case access = 0x01
        case refresh = 0x81
    }

    private struct Key {
        let id: UInt8
        let code: HMAC
    }

    private struct Claims {
        let user: UserID
        let device: DeviceID
        let issued: WallTime
        let expires: WallTime
        let nonce: TokenNonce
    }

    private static let claimsBytes = 50
    private static let tokenBytes = claimsBytes + HMAC.codeBytes

    private let current: Key
    private var previous: Key?

    /// - Parameters:
    ///   - key: at least 32 random bytes.
    ///   - keyID: names the key inside tokens.
    public init(key: Bytes, keyID: UInt8) {
        current = Key(id: keyID, code: HMAC(key: key))
    }

    /// The same signer, which also takes tokens signed by an earlier key.
    public func accepting(previousKey: Bytes, keyID: UInt8) -> TokenSigner {
        var signer = self
        signer.previous = Key(id: keyID, code: HMAC(key: previousKey))
        return signer
    }

    public func issue(_ token: AccessToken) -> String {
        sign(
            .access,
            Claims(
                user: token.user, device: token.device, issued: token.issued,
                expires: token.expires, nonce: token.nonce))
    }

    public func issue(_ token: RefreshToken) -> String {
        sign(
            .refresh,
            Claims(
                user: token.user, device: token.device, issued: token.issued,
                expires: token.expires, nonce: token.nonce))
    }

    /// The access token that `text` is, if we signed it and it is still good.
    public func verify(_ text: String, at now: WallTime) throws(TokenFailure) -> AccessToken {
        let claims = try check(text, .access, at: now)
        return AccessToken(
            user: claims.user, device: claims.device, issued: claims.issued,
            expires: claims.expires, nonce: claims.nonce)
    }

    /// The refresh token that `text` is, if we signed it and it is still good.
    public func verifyRefresh(_ text: String, at now: WallTime) throws(TokenFailure) -> RefreshToken
    {
        let claims = try check(text, .refresh, at: now)
        return RefreshToken(
            user: claims.user, device: claims.device, issued: claims.issued,
            expires: claims.expires, nonce: claims.nonce)
    }

    private func sign(_ kind: Kind, _ claims: Claims) -> String {
        var writer = ByteWriter(reserving: Self.tokenBytes)
        writer.write(kind.rawValue)
        writer.write(current.id)
        writer.writeBigEndian(claims.user.rawValue)
        writer.writeBigEndian(claims.device.rawValue)
        writer.writeBigEndian(claims.issued.milliseconds)
        writer.writeBigEndian(claims.expires.milliseconds)
        claims.nonce.encode(into: &writer)
        let message = writer.take()
        writer.writeRaw(message)
        writer.writeRaw(current.code.code(for: message))
        return Base64URL.encode(writer.take())
    }

    private func check(
        _ text: String, _ kind: Kind, at now: WallTime
    ) throws(TokenFailure) -> Claims {
        guard text.utf8.count == Self.textBytes, let bytes = Base64URL.decode(text),
            bytes.count == Self.tokenBytes
        else { throw .malformed }
        let message = bytes.slice(0..<Self.claimsBytes)
        let keyID = message[1]
        let named = keyID == current.id ? current : previous
        guard let key = named, key.id == keyID,
            ConstantTime.equal(key.code.code(for: message), bytes.suffix(from: Self.claimsBytes))
        else { throw .forged }
        guard message[0] == kind.rawValue, let claims = Self.claims(in: message) else {
            throw .malformed
        }
        guard now < claims.expires else { throw .expired(at: claims.expires) }
        return claims
    }

    private static func claims(in message: Bytes) -> Claims? {
        var reader = ByteReader(message.suffix(from: 2))
        do throws(DecodeFailure) {
            let claims = Claims(
                user: UserID(try reader.readBigEndian()),
                device: DeviceID(try reader.readBigEndian()),
                issued: WallTime(milliseconds: try reader.readBigEndian()),
                expires: WallTime(milliseconds: try reader.readBigEndian()),
                nonce: try TokenNonce(from: &reader))
            try reader.expectEnd()
            return claims
        } catch {
            return nil
        }
    }
}

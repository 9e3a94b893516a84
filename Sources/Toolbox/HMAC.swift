/// HMAC with SHA-256: a code that only a holder of the key can make.
///
/// The key's two pads are hashed once, at `init`; each code then costs two blocks and its message.
/// Compare codes with a comparison that takes the same time wherever they differ.
///
/// Source: RFC 2104 §2.
public struct HMAC: Sendable {
    public static let codeBytes = SHA256.digestBytes

    private let inner: SHA256
    private let outer: SHA256

    /// - Parameter key: of any length; 32 random bytes are right.
    public init(key: Bytes) {
        let short = key.count > SHA256.blockBytes ? SHA256.hash(key) : key
        var padded = short.array
        padded.append(
            contentsOf: repeatElement(UInt8(0), count: SHA256.blockBytes - padded.count))
        inner = Self.started(with: padded, mask: 0x36)
        outer = Self.started(with: padded, mask: 0x5c)
    }

    /// The code of `message`: 32 bytes.
    public func code(for message: Bytes) -> Bytes {
        var first = inner
        first.update(message)
        var second = outer
        second.update(first.finish())
        return second.finish()
    }

    private static func started(with key: [UInt8], mask: UInt8) -> SHA256 {
        var hash = SHA256()
        hash.update(Bytes(key.map { $0 ^ mask }))
        return hash
    }
}

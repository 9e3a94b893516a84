import CSystem
import Glibc
public import Toolbox

/// Hashes passwords slowly, on purpose (crypt_r, yescrypt). For a worker thread: a hash takes
/// tens of milliseconds and, at the default cost, 16 MiB.
public struct PasswordHasher: Sendable {
    /// A hash of no password, for names that nobody has: checking it takes the same time.
    public let decoyHash: String
    private let cost: UInt

    /// Bytes that a password may have.
    public static let passwordBytesMaximum = 511

    /// - Parameter cost: 1 to 11, each step twice the time and memory; 5 is the system's default.
    public init(cost: Int = 5) throws(SystemCallFailure) {
        guard (1...11).contains(cost) else {
            throw SystemCallFailure("crypt_gensalt_rn", code: EINVAL, subject: "cost \(cost)")
        }
        self.cost = UInt(cost)
        // Hexadecimal digits of random bytes: nobody's password.
        let nobody = SystemRandom.bytes(16).flatMap { [$0 >> 4 | 0x40, $0 & 0xF | 0x40] }
        decoyHash = try Self.hash(Bytes(nobody), cost: UInt(cost))
    }

    /// A hash with a salt of its own, in the form of `/etc/shadow`: `$y$j9T$salt$hash`.
    ///
    /// - Throws: for an empty password, one with a zero byte, or one beyond the maximum.
    public func hash(_ password: Bytes) throws(SystemCallFailure) -> String {
        try Self.hash(password, cost: cost)
    }

    /// Whether `hash` was made from `password`; false as well for a hash that is none.
    ///
    /// Takes every kind that the system's crypt knows. The comparison takes the same time wherever
    /// the first difference is.
    public static func verify(_ password: Bytes, against hash: String) -> Bool {
        guard let found = crypt(password, setting: hash) else { return false }
        let expected = Array(hash.utf8)
        let actual = Array(found.utf8)
        guard expected.count == actual.count else { return false }
        var difference: UInt8 = 0
        for position in expected.indices { difference |= expected[position] ^ actual[position] }
        return difference == 0
    }

    private static func hash(_ password: Bytes, cost: UInt) throws(SystemCallFailure) -> String {
        let random = SystemRandom.bytes(16).map { CChar(bitPattern: $0) }
        var setting = [CChar](repeating: 0, count: Int(CRYPT_GENSALT_OUTPUT_SIZE))
        let made = crypt_gensalt_rn(
            "$y$", cost, random, Int32(random.count), &setting, Int32(setting.count))
        guard made != nil else { throw .last("crypt_gensalt_rn") }
        let text = String(
            decoding: setting.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard let hash = crypt(password, setting: text) else {
            throw SystemCallFailure("crypt_r", code: EINVAL)
        }
        return hash
    }

    private static func crypt(_ password: Bytes, setting: String) -> String? {
        var phrase = password.array.map { CChar(bitPattern: $0) }
        guard (1...passwordBytesMaximum).contains(phrase.count), !phrase.contains(0) else {
            return nil
        }
        phrase.append(0)
        // 32 KiB: too much for the stack of a small thread.
        let data = UnsafeMutablePointer<crypt_data>.allocate(capacity: 1)
        memset(data, 0, MemoryLayout<crypt_data>.size)
        defer {
            memset(data, 0, MemoryLayout<crypt_data>.size)
            data.deallocate()
        }
        guard let result = crypt_r(phrase, setting, data) else { return nil }
        let text = String(cString: result)
        // Failures come as "*0" or "*1".
        return text.hasPrefix("*") ? nil : text
    }
}

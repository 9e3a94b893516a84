/// Bounds of this room alone. All replicas must agree on them: a change needs a new format.
enum MembershipBounds {
    /// Of an account's name; one more is `invalid_field`.
    static let nameBytesMaximum = 64
    static let displayNameBytesMaximum = 256
    /// RFC 5321 §4.5.3.1.3, without the angle brackets.
    static let emailBytesMaximum = 254
    /// A crypt(3) string is under 400 bytes for every method of libcrypt.
    static let passwordHashBytesMaximum = 512
    static let deviceLabelBytesMaximum = 256
    /// Of one user; one more replaces the one whose last log-in is longest ago.
    static let devicesMaximum = 32
    static let titleBytesMaximum = 1_024
    static let idempotencyKeyBytesMaximum = 64
    /// Of one user within the time they are kept; one more is `limit_reached`.
    static let idempotencyKeysMaximum = 1_024
    static let idempotencyKeyMilliseconds: Int64 = 24 * 3_600_000
}

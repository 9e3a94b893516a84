/// The bounds that every room must agree on. Bounds of one room alone stand in that room's
/// settings.
public enum Limits {
    /// Parts of every replicated state; a chat's part never changes, its shard may.
    public static let partitionsCount: UInt16 = 1_024
    /// Parts of the ring that users are spread over.
    public static let arcsCount: UInt16 = 16_384
    /// Unicode scalars of a message's text; one more is `too_long`.
    public static let textScalarsMaximum = 100_000
    /// Bytes of a WebSocket message or an HTTP body.
    public static let clientMessageBytesMaximum = 2 << 20
    /// Voters of one replica group.
    public static let votersMaximum = 7
    /// Bytes of one command in a log: the longest text in four-byte scalars, and its envelope.
    public static let commandBytesMaximum = 512 << 10
    /// Members of a chat group unless the configuration says otherwise.
    public static let chatMembersMaximum = 100
}

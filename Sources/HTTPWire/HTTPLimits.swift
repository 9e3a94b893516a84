/// The bounds of one message. What is over them is refused with the failure named.
public struct HTTPLimits: Hashable, Sendable {
    /// Bytes of one line without its end; `headTooLarge`, or `targetTooLong` for the first.
    public var lineBytesMaximum = 8 << 10
    /// Field lines of a head, and as many again of trailers; `headTooLarge`.
    public var fieldsMaximum = 100
    /// Bytes of all lines of a head, and as many again of trailers; `headTooLarge`.
    public var headBytesMaximum = 32 << 10
    /// Bytes of a body after its transfer coding is removed; `bodyTooLarge`.
    public var bodyBytesMaximum: Int

    public init(bodyBytesMaximum: Int = 2 << 20) {
        self.bodyBytesMaximum = bodyBytesMaximum
    }
}

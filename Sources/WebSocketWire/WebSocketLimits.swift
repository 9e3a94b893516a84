/// The bounds of one message; what is over them fails with 1009 before it is read.
public struct WebSocketLimits: Hashable, Sendable {
    /// Bytes of a message, all fragments together.
    public var messageBytesMaximum: Int
    /// Frames that one message may be cut into. Each costs work even when it is empty.
    public var fragmentsMaximum: Int

    public init(messageBytesMaximum: Int, fragmentsMaximum: Int = 1_024) {
        self.messageBytesMaximum = messageBytesMaximum
        self.fragmentsMaximum = fragmentsMaximum
    }
}

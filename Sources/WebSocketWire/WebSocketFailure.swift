/// What the other side sent breaks the protocol. Send a close frame with `closeCode`, then close.
public struct WebSocketFailure: Error, Hashable, Sendable {
    /// 1002 (protocol error), 1007 (text that is not UTF-8) or 1009 (too big); RFC 6455 §7.4.1.
    public let closeCode: UInt16
    /// For whoever debugs the other side.
    public let what: String

    static func protocolError(_ what: String) -> WebSocketFailure {
        WebSocketFailure(closeCode: 1002, what: what)
    }

    static func invalidText(_ what: String) -> WebSocketFailure {
        WebSocketFailure(closeCode: 1007, what: what)
    }

    static func tooBig(_ what: String) -> WebSocketFailure {
        WebSocketFailure(closeCode: 1009, what: what)
    }
}

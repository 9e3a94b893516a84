public import Toolbox

/// What one side tells the other.
public enum WebSocketMessage: Hashable, Sendable {
    /// UTF-8, checked.
    case text(Bytes)
    case binary(Bytes)
    /// To be answered by a pong with the same bytes.
    case ping(Bytes)
    case pong(Bytes)
    /// The last message. `code` is nil if the other side gave none.
    case close(code: UInt16?, reason: String)
}

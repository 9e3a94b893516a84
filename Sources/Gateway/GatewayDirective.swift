public import Toolbox
public import Vocabulary

/// What a gateway wants done, in the order of the array.
public enum GatewayDirective: Hashable, Sendable {
    /// Append to what the socket still has to send.
    case send(ConnectionID, Bytes)
    /// Close the socket once everything is sent. Nothing more is sent to it.
    case close(ConnectionID)
    /// Hand over to another node's gateway; may be lost when the node is.
    case tell(NodeID, EdgeHomeMessage)
    /// Answered by `answered`, exactly once. Questions of one array are in order: commands to one
    /// chat are to reach its log in that order.
    case ask(RequestID, GatewayQuestion)
    /// Slow work for another thread; answered by `workDone`, exactly once.
    case work(RequestID, GatewayWork)
}

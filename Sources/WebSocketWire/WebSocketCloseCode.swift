/// Which codes a close frame may carry (RFC 6455 §7.4 and the IANA registry).
public enum WebSocketCloseCode {
    /// Whether `code` may stand in a frame.
    ///
    /// 1004 has no meaning, 1005, 1006 and 1015 are for programs to tell themselves what happened,
    /// the rest below 3000 is not assigned, and above 4999 there is nothing.
    public static func mayBeSent(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}

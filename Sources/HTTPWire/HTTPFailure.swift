/// What the other side sent is no HTTP that this room reads. Framing is lost: answer if that is
/// still possible (`status`), then close the connection.
public enum HTTPFailure: Error, Hashable, Sendable {
    /// Breaks the grammar, or could be read in two ways.
    case malformed(String)
    /// The request line is longer than `HTTPLimits.lineBytesMaximum`.
    case targetTooLong
    /// A field line, the number of fields or the head as a whole is over its limit.
    case headTooLarge
    /// The body is longer than `HTTPLimits.bodyBytesMaximum`; said before it is read.
    case bodyTooLarge
    /// A method that no call of ours has, or a transfer coding other than `chunked`.
    case unsupported(String)
    /// An `Expect` other than `100-continue`.
    case unsupportedExpectation
    /// A version other than 1.0 and 1.1.
    case unsupportedVersion

    /// The status of the answer that a server gives before it closes.
    public var status: Int {
        switch self {
        case .malformed: 400
        case .targetTooLong: 414
        case .headTooLarge: 431
        case .bodyTooLarge: 413
        case .unsupported: 501
        case .unsupportedExpectation: 417
        case .unsupportedVersion: 505
        }
    }
}

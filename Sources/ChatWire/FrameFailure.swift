/// Why a frame or body could not be read.
public enum FrameFailure: Error, Hashable, Sendable {
    /// Not a JSON object: a WebSocket closes with 4002, HTTP answers `malformed`.
    case notJSON
    /// JSON, and not what it should be: answered with this error, under the frame's id if it has
    /// one.
    case invalid(ErrorReport, id: FrameID?)

    /// The error that tells the client.
    public var report: ErrorReport {
        switch self {
        case .notJSON: ErrorReport(.malformed, "this is no JSON object")
        case .invalid(let report, id: _): report
        }
    }
}

import Toolbox
public import Vocabulary

/// An error as a client sees it, in an `error` frame or as the body of an HTTP answer.
public struct ErrorReport: Error, Hashable, Sendable {
    public var code: ErrorCode
    /// For people who write clients; names the field of an `invalid_field`.
    public var message: String
    /// The field of an `invalid_field` or `too_long`.
    public var field: String?
    /// When to try again.
    public var afterMilliseconds: Int?
    /// Where to try again.
    public var url: String?
    /// The server's time, with `client_id_early` and `client_id_expired`.
    public var time: WallTime?

    public init(_ code: ErrorCode, _ message: String, afterMilliseconds: Int? = nil) {
        self.code = code
        self.message = message
        self.afterMilliseconds = afterMilliseconds
    }

    /// An `invalid_field`: `"\(field): \(reason)"`.
    public static func invalidField(_ field: String, _ reason: String) -> ErrorReport {
        var report = ErrorReport(.invalidField, "\(field): \(reason)")
        report.field = field
        return report
    }
}

extension ErrorReport: JSONBody {
    func writeMembers(into json: inout JSONWriter) {
        json.member("code", code.rawValue)
        json.member("message", message)
        json.member("retry", code.retry.rawValue)
        json.member("field", ifAny: field)
        json.member("after_ms", ifAny: afterMilliseconds.map(Int64.init))
        json.member("url", ifAny: url)
        json.member("time", ifAny: time?.milliseconds)
    }

    init(from fields: Fields) throws(ErrorReport) {
        code = try fields.choice("code")
        message = try fields.text("message")
        field = try fields.optionalText("field")
        afterMilliseconds = try fields.optionalCount("after_ms")
        url = try fields.optionalText("url")
        time = try fields.optionalTime("time")
    }
}

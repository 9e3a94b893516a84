public import Toolbox

/// Why an admin request was not answered as asked.
public struct AdminError: AdminShape, Error {
    /// Of the client protocol's closed list.
    public var code: String
    /// For people: what to do about it.
    public var message: String

    public init(code: String, message: String) {
        self.code = code
        self.message = message
    }

    public func write(into json: inout JSONWriter) {
        json.beginObject()
        json.member("code", code)
        json.member("message", message)
        json.endObject()
    }

    public init(from value: JSONValue) throws(AdminFailure) {
        let fields = try AdminFields(value, of: "error")
        code = try fields.text("code")
        message = try fields.text("message")
    }
}

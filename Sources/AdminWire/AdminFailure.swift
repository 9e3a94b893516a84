/// Why an admin request or answer cannot be read.
public enum AdminFailure: Error, Hashable, Sendable, CustomStringConvertible {
    case notJSON
    /// A field that is missing, or not what it should be.
    case invalidField(String, expected: String)

    public var description: String {
        switch self {
        case .notJSON: "this is no JSON"
        case .invalidField(let name, let expected): "field \"\(name)\" must be \(expected)"
        }
    }
}

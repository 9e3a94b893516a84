import ChatWire
import Toolbox

/// A request's body: of HTTP, or of a `call` frame.
enum RequestBody: Sendable {
    case document(Bytes)
    case value(JSONValue?)

    func decode<Value: Body>(_ type: Value.Type) -> Result<Value, ErrorReport> {
        do throws(FrameFailure) {
            switch self {
            case .document(let bytes): return .success(try Value(decoding: bytes))
            case .value(let value): return .success(try Value(decoding: value))
            }
        } catch {
            return .failure(error.report)
        }
    }
}

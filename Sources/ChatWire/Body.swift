public import Toolbox

/// A JSON object that stands alone as the body of an HTTP request or answer.
public protocol Body: Hashable, Sendable {
    /// Reads it from the bytes of an HTTP body.
    init(decoding bytes: Bytes) throws(FrameFailure)
    /// Reads it from the `body` of a `call` frame.
    init(decoding value: JSONValue?) throws(FrameFailure)
    func encode(into writer: inout ByteWriter)
}

extension Body {
    public func encoded() -> Bytes {
        var writer = ByteWriter(reserving: 128)
        encode(into: &writer)
        return writer.take()
    }
}

/// How this room writes and reads its bodies.
protocol JSONBody: Body {
    init(from fields: Fields) throws(ErrorReport)
    func writeMembers(into json: inout JSONWriter)
}

extension JSONBody {
    public init(decoding bytes: Bytes) throws(FrameFailure) {
        try self.init(Fields(decoding: bytes))
    }

    public init(decoding value: JSONValue?) throws(FrameFailure) {
        guard let object = value?.object else {
            throw .invalid(ErrorReport.invalidField("body", "must be an object"), id: nil)
        }
        try self.init(Fields(object))
    }

    private init(_ fields: Fields) throws(FrameFailure) {
        do throws(ErrorReport) {
            try self.init(from: fields)
        } catch {
            throw .invalid(error, id: nil)
        }
    }

    public func encode(into writer: inout ByteWriter) {
        writer.writeJSON { json in
            json.beginObject()
            writeMembers(into: &json)
            json.endObject()
        }
    }
}

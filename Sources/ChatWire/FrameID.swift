import Toolbox

/// A client's name for its request, echoed in the answer.
public enum FrameID: Hashable, Sendable {
    /// Within ±(2^53 - 1).
    case number(Int64)
    /// At most `textBytesMaximum` bytes.
    case text(String)

    public static let textBytesMaximum = 64
}

extension FrameID {
    init?(_ value: JSONValue) {
        switch value {
        case .integer(let number):
            guard number.magnitude <= Fields.numberMaximum else { return nil }
            self = .number(number)
        case .string(let bytes):
            guard bytes.count <= Self.textBytesMaximum, let text = bytes.text else { return nil }
            self = .text(text)
        case .null, .bool, .number, .array, .object: return nil
        }
    }
}

extension JSONWriter {
    mutating func member(_ key: StaticString, ifAny id: FrameID?) {
        switch id {
        case .number(let number): member(key, number)
        case .text(let text): member(key, text)
        case nil: break
        }
    }
}

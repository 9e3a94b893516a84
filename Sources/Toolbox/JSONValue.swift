/// A JSON value (RFC 8259), as read from outside or built to be written.
///
/// Strings are kept as their UTF-8, and share the document's storage where they hold no escape: a
/// flat object costs one allocation. Integers that fit 64 bits are kept exactly.
public enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    /// A number written without fraction and exponent, within 64 bits.
    case integer(Int64)
    /// Any other number; always finite.
    case number(Double)
    /// Valid UTF-8, escapes resolved.
    case string(Bytes)
    case array([JSONValue])
    case object(JSONObject)

    /// Arrays and objects inside each other.
    public static let depthMaximum = 32
    /// Keys of one object.
    public static let keysMaximum = 256
    /// Values of one document, so that a small text cannot take a large memory.
    public static let valuesMaximum = 1 << 17

    public static func text(_ text: String) -> JSONValue { .string(Bytes(text)) }

    /// Reads one document: all of `bytes`, and nothing that RFC 8259 does not allow.
    ///
    /// Deviates: RFC 8259 §4 — duplicate keys are refused, since readers differ on which one
    /// counts.
    public static func parse(_ bytes: Bytes) throws(JSONFailure) -> JSONValue {
        let result: Result<JSONValue, JSONFailure> = bytes.withUnsafeBytes { buffer in
            var parser = JSONParser(bytes: bytes, buffer: buffer)
            do throws(JSONFailure) {
                return .success(try parser.document())
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}

extension JSONValue {
    /// Hands the members of one object to `body` in their order, without building the object: for
    /// frames that come all the time. `body` looks for duplicate keys itself.
    ///
    /// - Parameter body: takes a member's key and value; false ends the walk.
    /// - Returns: whether the document is one object and `body` took all of its members.
    /// - Throws: where the walk meets what is not JSON.
    public static func walk(
        _ bytes: Bytes, _ body: (Bytes, JSONValue) -> Bool
    ) throws(JSONFailure) -> Bool {
        let result: Result<Bool, JSONFailure> = bytes.withUnsafeBytes { buffer in
            var parser = JSONParser(bytes: bytes, buffer: buffer)
            do throws(JSONFailure) {
                return .success(try parser.members(body))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    public var isNull: Bool { self == .null }

    public var bool: Bool? {
        guard case .bool(let flag) = self else { return nil }
        return flag
    }

    public var integer: Int64? {
        guard case .integer(let integer) = self else { return nil }
        return integer
    }

    /// The number as a double, whether it was written as an integer or not.
    public var double: Double? {
        switch self {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        case .null, .bool, .string, .array, .object: nil
        }
    }

    /// A string's UTF-8.
    public var bytes: Bytes? {
        guard case .string(let bytes) = self else { return nil }
        return bytes
    }

    public var string: String? { bytes?.text }

    public var array: [JSONValue]? {
        guard case .array(let array) = self else { return nil }
        return array
    }

    public var object: JSONObject? {
        guard case .object(let object) = self else { return nil }
        return object
    }

    /// The value of `key` in an object; nil if there is none or this is no object.
    public subscript(key: StaticString) -> JSONValue? { object?[key] }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral text: String) { self = .text(text) }
    public init(integerLiteral integer: Int64) { self = .integer(integer) }
    public init(booleanLiteral flag: Bool) { self = .bool(flag) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        var object = JSONObject()
        for (key, value) in elements { object.set(key, to: value) }
        self = .object(object)
    }
}

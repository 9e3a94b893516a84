import Toolbox

/// The fields of a message's head in the order in which they stand there. Names know no case.
public struct HTTPHeaders: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    public struct Field: Hashable, Sendable {
        public let name: String
        public let value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    public private(set) var fields: [Field] = []

    public init() {}

    public init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements { append(name, value) }
    }

    /// The value of the first field of that name.
    public subscript(name: String) -> String? {
        fields.first { HTTPGrammar.areEqualIgnoringCase($0.name, name) }?.value
    }

    /// The values of all fields of that name, in order.
    public func values(of name: String) -> [String] {
        fields.filter { HTTPGrammar.areEqualIgnoringCase($0.name, name) }.map(\.value)
    }

    public mutating func append(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: value))
    }

    /// Replaces all fields of that name by this one.
    public mutating func replace(_ name: String, with value: String) {
        fields.removeAll { HTTPGrammar.areEqualIgnoringCase($0.name, name) }
        append(name, value)
    }

    /// Whether `token` is an element of the comma-separated lists under `name` (RFC 9110 §5.6.1).
    public func list(_ name: String, contains token: String) -> Bool {
        values(of: name).contains { value in
            value.utf8.split(separator: UInt8(ascii: ",")).contains { element in
                let word = HTTPGrammar.trimmed(Bytes(Array(element)))
                return HTTPGrammar.areEqualIgnoringCase(word.text ?? "", token)
            }
        }
    }

    /// Writes every field but those that frame the message: the encoder alone decides about them.
    ///
    /// Control characters in a value become spaces (RFC 9110 §5.5), so that no value can end its
    /// line. A name must be a token.
    func encode(into writer: inout ByteWriter) {
        for field in fields where !Self.framingNames.contains(where: { field.isNamed($0) }) {
            Self.encode(field.name, field.value, into: &writer)
        }
    }

    static func encode(_ name: String, _ value: String, into writer: inout ByteWriter) {
        invariant(HTTPGrammar.isToken(Bytes(name)), "field name \(name)")
        writer.writeRaw(Bytes(name))
        writer.writeRaw(": ")
        for byte in value.utf8 {
            writer.write(HTTPGrammar.isValueByte(byte) ? byte : UInt8(ascii: " "))
        }
        writer.writeRaw("\r\n")
    }

    private static let framingNames = ["content-length", "transfer-encoding"]
}

extension HTTPHeaders.Field {
    func isNamed(_ other: String) -> Bool { HTTPGrammar.areEqualIgnoringCase(name, other) }
}

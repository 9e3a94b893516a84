/// Why bytes are no JSON that this program takes. Offsets count bytes from the document's start.
public enum JSONFailure: Error, Hashable, Sendable {
    /// The document ends inside a value.
    case unexpectedEnd
    /// A byte that cannot stand at `offset`.
    case unexpectedByte(UInt8, offset: Int)
    /// A number that JSON does not know, is no finite double, or has over 1,024 characters.
    case invalidNumber(offset: Int)
    /// Text that is not UTF-8, a control character, an unknown escape, or a lone surrogate.
    case invalidText(offset: Int)
    /// A key that its object has already.
    case duplicateKey(offset: Int)
    /// More than `JSONValue.depthMaximum` arrays and objects inside each other.
    case tooDeep(offset: Int)
    /// More than `JSONValue.keysMaximum` keys in an object.
    case tooManyKeys(offset: Int)
    /// More than `JSONValue.valuesMaximum` values in the document.
    case tooManyValues(offset: Int)
    /// Something stands behind the document's value.
    case trailing(offset: Int)
}

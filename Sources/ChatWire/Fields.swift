import Toolbox
import Vocabulary

/// Reads the members of one JSON object, each with an error that names it.
///
/// A member that is null counts as absent. Members nobody asks for are ignored.
struct Fields {
    let object: JSONObject

    /// JavaScript's largest exact integer.
    static let numberMaximum: UInt64 = 1 << 53 - 1

    init(_ object: JSONObject) { self.object = object }

    init(decoding bytes: Bytes) throws(FrameFailure) {
        let value: JSONValue
        do throws(JSONFailure) {
            value = try JSONValue.parse(bytes)
        } catch {
            throw .notJSON
        }
        guard case .object(let object) = value else { throw .notJSON }
        self.object = object
    }

    func optional(_ name: StaticString) -> JSONValue? {
        guard let value = object[name] else { return nil }
        if case .null = value { return nil }
        return value
    }

    func require<Value>(_ name: StaticString, _ value: Value?) throws(ErrorReport) -> Value {
        guard let value else { throw .invalidField("\(name)", "is missing") }
        return value
    }

    // MARK: - Text

    func optionalBytes(_ name: StaticString) throws(ErrorReport) -> Bytes? {
        guard let value = optional(name) else { return nil }
        guard case .string(let bytes) = value else {
            throw .invalidField("\(name)", "must be a string")
        }
        return bytes
    }

    func bytes(_ name: StaticString) throws(ErrorReport) -> Bytes {
        try require(name, try optionalBytes(name))
    }

    func optionalText(_ name: StaticString) throws(ErrorReport) -> String? {
        guard let bytes = try optionalBytes(name) else { return nil }
        guard let text = bytes.text else { throw .invalidField("\(name)", "must be UTF-8") }
        return text
    }

    func text(_ name: StaticString) throws(ErrorReport) -> String {
        try require(name, try optionalText(name))
    }

    func optionalChoice<Choice: RawRepresentable & CaseIterable>(
        _ name: StaticString, _ type: Choice.Type = Choice.self
    ) throws(ErrorReport) -> Choice? where Choice.RawValue == String {
        guard let text = try optionalText(name) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalidField("\(name)", "must be one of \(known)")
        }
        return choice
    }

    func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: StaticString, _ type: Choice.Type = Choice.self
    ) throws(ErrorReport) -> Choice where Choice.RawValue == String {
        try require(name, try optionalChoice(name, type))
    }

    func optionalHexNumber(_ name: StaticString) throws(ErrorReport) -> UInt64? {
        guard let bytes = try optionalBytes(name) else { return nil }
        guard let number = bytes.hexNumber else {
            throw .invalidField("\(name)", "must be 16 hex digits")
        }
        return number
    }

    /// A list of strings; absent is empty.
    func texts(
        _ name: StaticString, maximum: Int = .max, bytes bytesMaximum: Int = .max
    ) throws(ErrorReport) -> [String] {
        guard let value = optional(name) else { return [] }
        guard case .array(let elements) = value else {
            throw .invalidField("\(name)", "must be a list of strings")
        }
        guard elements.count <= maximum else {
            throw .invalidField("\(name)", "has \(elements.count) elements, \(maximum) at most")
        }
        var texts: [String] = []
        for element in elements {
            guard case .string(let bytes) = element, bytes.count <= bytesMaximum,
                let text = bytes.text
            else { throw .invalidField("\(name)", "must be a list of short strings") }
            texts.append(text)
        }
        return texts
    }

    // MARK: - Ids

    func optionalIdentifier<ID: Identifier>(
        _ name: StaticString, _ type: ID.Type = ID.self
    ) throws(ErrorReport) -> ID? where ID.RawValue == UInt64 {
        guard let value = optional(name) else { return nil }
        return try Self.identifier(value, name)
    }

    func identifier<ID: Identifier>(
        _ name: StaticString, _ type: ID.Type = ID.self
    ) throws(ErrorReport) -> ID where ID.RawValue == UInt64 {
        try require(name, try optionalIdentifier(name, type))
    }

    /// A list of ids; absent is empty.
    func identifiers<ID: Identifier>(
        _ name: StaticString, _ type: ID.Type = ID.self, maximum: Int = .max
    ) throws(ErrorReport) -> [ID] where ID.RawValue == UInt64 {
        guard let value = optional(name) else { return [] }
        guard case .array(let elements) = value else {
            throw .invalidField("\(name)", "must be a list of ids")
        }
        guard elements.count <= maximum else {
            throw .invalidField("\(name)", "has \(elements.count) elements, \(maximum) at most")
        }
        var identifiers: [ID] = []
        identifiers.reserveCapacity(elements.count)
        for element in elements { identifiers.append(try Self.identifier(element, name)) }
        return identifiers
    }

    private static func identifier<ID: Identifier>(
        _ value: JSONValue, _ name: StaticString
    ) throws(ErrorReport) -> ID where ID.RawValue == UInt64 {
        guard case .string(let bytes) = value, let number = bytes.decimalNumber else {
            throw .invalidField("\(name)", "must be a string of decimal digits")
        }
        return ID(rawValue: number)
    }

    /// A node's number. (Nodes are few: their ids are numbers to clients as well.)
    func node(_ name: StaticString) throws(ErrorReport) -> NodeID {
        guard let number = UInt16(exactly: try number(name)) else {
            throw .invalidField("\(name)", "must be a node's number")
        }
        return NodeID(number)
    }

    func optionalClientID(_ name: StaticString) throws(ErrorReport) -> ClientMessageID? {
        guard let bytes = try optionalBytes(name) else { return nil }
        guard let id = ClientMessageID(text: bytes) else {
            throw .invalidField("\(name)", "must be a UUID of version 7")
        }
        return id
    }

    func clientID(_ name: StaticString) throws(ErrorReport) -> ClientMessageID {
        try require(name, try optionalClientID(name))
    }

    // MARK: - Numbers

    func optionalNumber(_ name: StaticString) throws(ErrorReport) -> UInt64? {
        guard let value = optional(name) else { return nil }
        guard case .integer(let integer) = value, let number = UInt64(exactly: integer),
            number <= Self.numberMaximum
        else { throw .invalidField("\(name)", "must be an integer from 0 to 2^53 - 1") }
        return number
    }

    func number(_ name: StaticString) throws(ErrorReport) -> UInt64 {
        try require(name, try optionalNumber(name))
    }

    func optionalSequence(_ name: StaticString) throws(ErrorReport) -> SequenceNumber? {
        try optionalNumber(name).map(SequenceNumber.init(rawValue:))
    }

    func sequence(_ name: StaticString) throws(ErrorReport) -> SequenceNumber {
        SequenceNumber(try number(name))
    }

    func optionalTime(_ name: StaticString) throws(ErrorReport) -> WallTime? {
        try optionalNumber(name).map { WallTime(milliseconds: Int64($0)) }
    }

    func time(_ name: StaticString) throws(ErrorReport) -> WallTime {
        try require(name, try optionalTime(name))
    }

    func optionalCount(_ name: StaticString) throws(ErrorReport) -> Int? {
        try optionalNumber(name).map(Int.init)
    }

    func optionalFlag(_ name: StaticString) throws(ErrorReport) -> Bool? {
        guard let value = optional(name) else { return nil }
        guard case .bool(let flag) = value else {
            throw .invalidField("\(name)", "must be true or false")
        }
        return flag
    }

    // MARK: - Nested

    func optionalFields(_ name: StaticString) throws(ErrorReport) -> Fields? {
        guard let value = optional(name) else { return nil }
        guard case .object(let object) = value else {
            throw .invalidField("\(name)", "must be an object")
        }
        return Fields(object)
    }

    func list<Element>(
        _ name: StaticString, _ body: (Fields) throws(ErrorReport) -> Element
    ) throws(ErrorReport) -> [Element] {
        guard case .array(let elements)? = optional(name) else {
            throw .invalidField("\(name)", "must be a list of objects")
        }
        var list: [Element] = []
        list.reserveCapacity(elements.count)
        for element in elements {
            guard case .object(let object) = element else {
                throw .invalidField("\(name)", "must be a list of objects")
            }
            list.append(try body(Fields(object)))
        }
        return list
    }
}

import Toolbox
import Vocabulary

/// Reads the fields of one object, each with an error that names it. A null counts as absent.
struct AdminFields {
    private let object: JSONObject

    init(_ value: JSONValue, of what: String) throws(AdminFailure) {
        guard let object = value.object else {
            throw .invalidField(what, expected: "an object")
        }
        self.object = object
    }

    func value(_ name: StaticString) -> JSONValue? {
        guard let value = object[name], !value.isNull else { return nil }
        return value
    }

    func text(_ name: StaticString) throws(AdminFailure) -> String {
        guard let text = value(name)?.string else {
            throw .invalidField("\(name)", expected: "a string")
        }
        return text
    }

    func textIfAny(_ name: StaticString) throws(AdminFailure) -> String? {
        value(name) == nil ? nil : try text(name)
    }

    func flag(_ name: StaticString) throws(AdminFailure) -> Bool {
        guard let flag = value(name)?.bool else {
            throw .invalidField("\(name)", expected: "true or false")
        }
        return flag
    }

    func number<Number: FixedWidthInteger>(
        _ name: StaticString, _ type: Number.Type = Number.self
    ) throws(AdminFailure) -> Number {
        guard let integer = value(name)?.integer, let number = Number(exactly: integer) else {
            throw .invalidField("\(name)", expected: "an integer of its range")
        }
        return number
    }

    func double(_ name: StaticString) throws(AdminFailure) -> Double {
        guard let double = value(name)?.double else {
            throw .invalidField("\(name)", expected: "a number")
        }
        return double
    }

    /// An id that stands as a number: of a node, a group or a shard.
    func numbered<ID: Identifier>(
        _ name: StaticString, _ type: ID.Type = ID.self
    ) throws(AdminFailure) -> ID {
        ID(rawValue: try number(name))
    }

    func numberedIfAny<ID: Identifier>(
        _ name: StaticString, _ type: ID.Type = ID.self
    ) throws(AdminFailure) -> ID? {
        value(name) == nil ? nil : try numbered(name)
    }

    /// An id that stands as a string of digits: of a user, a chat, a device or a life.
    func named<ID: Identifier>(
        _ name: StaticString, _ type: ID.Type = ID.self
    ) throws(AdminFailure) -> ID {
        guard let id = ID(digits: try text(name)) else {
            throw .invalidField("\(name)", expected: "a string of decimal digits")
        }
        return id
    }

    func namedIfAny<ID: Identifier>(
        _ name: StaticString, _ type: ID.Type = ID.self
    ) throws(AdminFailure) -> ID? {
        value(name) == nil ? nil : try named(name)
    }

    /// False where it is missing.
    func flagIfAny(_ name: StaticString) throws(AdminFailure) -> Bool {
        value(name) == nil ? false : try flag(name)
    }

    /// Empty where it is missing.
    func listIfAny<Shape: AdminShape>(
        _ name: StaticString, of type: Shape.Type = Shape.self
    ) throws(AdminFailure) -> [Shape] {
        value(name) == nil ? [] : try list(name)
    }

    /// Nodes' numbers; empty where it is missing.
    func nodesIfAny(_ name: StaticString) throws(AdminFailure) -> [NodeID] {
        guard let value = value(name) else { return [] }
        let numbers = value.array?.map { $0.integer.flatMap { UInt16(exactly: $0) } }
        guard let numbers, !numbers.contains(nil) else {
            throw .invalidField("\(name)", expected: "a list of nodes' numbers")
        }
        return numbers.compactMap { $0 }.map { NodeID($0) }
    }

    /// Empty where it is missing.
    func textsIfAny(_ name: StaticString) throws(AdminFailure) -> [String] {
        guard let value = value(name) else { return [] }
        guard let texts = value.array?.map(\.string), !texts.contains(nil) else {
            throw .invalidField("\(name)", expected: "a list of strings")
        }
        return texts.compactMap { $0 }
    }

    /// A digest: 16 hexadecimal digits.
    func digest(_ name: StaticString) throws(AdminFailure) -> UInt64 {
        guard let bytes = HexDigits.decode(try text(name)), bytes.count == 8 else {
            throw .invalidField("\(name)", expected: "16 hexadecimal digits")
        }
        return bytes.withUnsafeBytes { $0.reduce(0) { $0 << 8 | UInt64($1) } }
    }

    func digestIfAny(_ name: StaticString) throws(AdminFailure) -> UInt64? {
        value(name) == nil ? nil : try digest(name)
    }

    func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: StaticString, _ type: Choice.Type = Choice.self
    ) throws(AdminFailure) -> Choice where Choice.RawValue == String {
        guard let choice = Choice(rawValue: try text(name)) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalidField("\(name)", expected: "one of \(known)")
        }
        return choice
    }

    func list<Shape: AdminShape>(
        _ name: StaticString, of type: Shape.Type = Shape.self
    ) throws(AdminFailure) -> [Shape] {
        try Shape.list(from: value(name), named: "\(name)")
    }
}

extension JSONWriter {
    mutating func member(_ key: StaticString, numbered id: some Identifier) {
        member(key, UInt64(id.rawValue))
    }

    /// A null where there is none: the field is part of the shape.
    mutating func member(_ key: StaticString, numbered id: (some Identifier)?) {
        self.key(key)
        if let id { value(UInt64(id.rawValue)) } else { null() }
    }

    mutating func member(_ key: StaticString, named id: some Identifier) {
        member(key, id.digits)
    }

    mutating func member(_ key: StaticString, nodes: [NodeID]) {
        self.key(key)
        beginArray()
        for node in nodes { value(UInt64(node.rawValue)) }
        endArray()
    }

    mutating func member(_ key: StaticString, texts: [String]) {
        self.key(key)
        beginArray()
        for text in texts { value(text) }
        endArray()
    }

    mutating func member(_ key: StaticString, digest: UInt64) {
        self.key(key)
        hexDigits(digest)
    }

    mutating func member(_ key: StaticString, _ list: [some AdminShape]) {
        self.key(key)
        self.list(list)
    }
}

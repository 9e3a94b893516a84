/// A JSON object: its members in the order in which they were written, no key twice.
///
/// Look-up goes through the members one by one: objects have a handful of them, 256 at most.
public struct JSONObject: Hashable, Sendable {
    public struct Member: Hashable, Sendable {
        public let key: Bytes
        public let value: JSONValue

        public init(key: Bytes, value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    public internal(set) var members: [Member]

    public init() { members = [] }

    init(members: [Member]) { self.members = members }

    public var count: Int { members.count }

    /// The value of `key`, a JSON null included; nil if there is no such key.
    public subscript(key: StaticString) -> JSONValue? {
        members.withUnsafeBufferPointer { members in
            for index in 0..<members.count where members[index].key.equals(key) {
                return members[index].value
            }
            return nil
        }
    }

    /// The value of `key`, a JSON null included; nil if there is no such key.
    public subscript(key: String) -> JSONValue? {
        let key = Bytes(key)
        for member in members where member.key == key { return member.value }
        return nil
    }

    /// Puts a member behind the others, or gives the one with this key another value.
    public mutating func set(_ key: String, to value: JSONValue) {
        let member = Member(key: Bytes(key), value: value)
        if let index = members.firstIndex(where: { $0.key == member.key }) {
            members[index] = member
        } else {
            members.append(member)
        }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init()
        for (key, value) in elements { set(key, to: value) }
    }
}

extension Bytes {
    /// Whether these are the bytes of a literal; makes no copy of it.
    public func equals(_ literal: StaticString) -> Bool {
        guard count == literal.utf8CodeUnitCount else { return false }
        return withUnsafeBytes { bytes in
            for index in 0..<bytes.count where bytes[index] != literal.utf8Start[index] {
                return false
            }
            return true
        }
    }
}

public import Toolbox

/// Something that stands in an admin request or answer as a JSON object.
///
/// Fields that a reader does not know are ignored, so that nodes and tools of neighbouring versions
/// understand each other.
public protocol AdminShape: Hashable, Sendable {
    func write(into json: inout JSONWriter)
    init(from value: JSONValue) throws(AdminFailure)
}

extension AdminShape {
    public func encoded() -> Bytes {
        var json = JSONWriter(reserving: 256)
        write(into: &json)
        return json.take()
    }

    public static func decode(_ bytes: Bytes) throws(AdminFailure) -> Self {
        try Self(from: try parse(bytes))
    }

    public static func encodeList(_ list: [Self]) -> Bytes {
        var json = JSONWriter(reserving: 256 * list.count)
        json.list(list)
        return json.take()
    }

    public static func decodeList(_ bytes: Bytes) throws(AdminFailure) -> [Self] {
        try list(from: try parse(bytes), named: "answer")
    }

    static func list(from value: JSONValue?, named name: String) throws(AdminFailure) -> [Self] {
        guard let elements = value?.array else {
            throw .invalidField(name, expected: "a list")
        }
        var list: [Self] = []
        list.reserveCapacity(elements.count)
        for element in elements { list.append(try Self(from: element)) }
        return list
    }

    private static func parse(_ bytes: Bytes) throws(AdminFailure) -> JSONValue {
        do throws(JSONFailure) {
            return try JSONValue.parse(bytes)
        } catch {
            throw .notJSON
        }
    }
}

extension JSONWriter {
    mutating func list(_ list: [some AdminShape]) {
        beginArray()
        for element in list { element.write(into: &self) }
        endArray()
    }
}

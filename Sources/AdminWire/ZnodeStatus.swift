public import Toolbox
public import Vocabulary

/// A node of the coordination tree, newer than anything that was answered before it was asked for.
public struct ZnodeStatus: AdminShape {
    /// Names told of a node's children at most; its stat tells how many there are.
    public static let childrenMaximum = 100_000

    public enum Content: Hashable, Sendable {
        /// Not asked for.
        case untold
        /// The node was made without any.
        case null
        case bytes(Bytes)
    }

    public var path: String
    /// Read when everything through it was applied.
    public var through: LogIndex
    public var stat: ZnodeStat
    public var data: Content
    /// Names, ascending; nil if not asked for.
    public var children: [String]?

    public init(
        path: String, through: LogIndex, stat: ZnodeStat, data: Content = .untold,
        children: [String]? = nil
    ) {
        self.path = path
        self.through = through
        self.stat = stat
        self.data = data
        self.children = children
    }

    public func write(into json: inout JSONWriter) {
        json.beginObject()
        json.member("path", path)
        json.member("through", through.rawValue)
        json.key("stat")
        stat.write(into: &json)
        switch data {
        case .untold: break
        case .null:
            json.key("data")
            json.null()
        case .bytes(let bytes):
            // Text as text, for people; anything else so that it survives.
            if let text = bytes.text {
                json.member("data", text)
            } else {
                json.member("data_base64", Base64.text(of: bytes))
            }
        }
        if let children {
            json.key("children")
            json.beginArray()
            for child in children { json.value(child) }
            json.endArray()
        }
        json.endObject()
    }

    public init(from value: JSONValue) throws(AdminFailure) {
        let fields = try AdminFields(value, of: "znode")
        path = try fields.text("path")
        through = LogIndex(try fields.number("through", UInt64.self))
        guard let stat = fields.value("stat") else {
            throw .invalidField("stat", expected: "an object")
        }
        self.stat = try ZnodeStat(from: stat)
        data = try Self.content(in: fields, of: value)
        guard let elements = fields.value("children")?.array else {
            children = nil
            return
        }
        let names = elements.compactMap(\.string)
        guard names.count == elements.count else {
            throw .invalidField("children", expected: "a list of strings")
        }
        children = names
    }

    private static func content(
        in fields: AdminFields, of value: JSONValue
    ) throws(AdminFailure) -> Content {
        if let text = try fields.textIfAny("data") { return .bytes(Bytes(text)) }
        if let text = try fields.textIfAny("data_base64") {
            guard let bytes = Base64.decode(text) else {
                throw .invalidField("data_base64", expected: "base64")
            }
            return .bytes(bytes)
        }
        return value.object?["data"] == nil ? .untold : .null
    }
}

public import Toolbox
public import Vocabulary

/// Why an admin request was not answered as asked.
public struct AdminError: AdminShape, Error {
    /// Of the client protocol's closed list.
    public var code: String
    /// For people: what to do about it.
    public var message: String
    /// Who can do it, if another node can and is known.
    public var leader: NodeID?

    public init(code: String, message: String, leader: NodeID? = nil) {
        self.code = code
        self.message = message
        self.leader = leader
    }

    public func write(into json: inout JSONWriter) {
        json.beginObject()
        json.member("code", code)
        json.member("message", message)
        if let leader { json.member("leader", numbered: leader) }
        json.endObject()
    }

    public init(from value: JSONValue) throws(AdminFailure) {
        let fields = try AdminFields(value, of: "error")
        code = try fields.text("code")
        message = try fields.text("message")
        leader = try fields.numberedIfAny("leader")
    }
}

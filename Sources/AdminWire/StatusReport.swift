public import Toolbox

/// What a node says of itself and of the copies that it holds: the answer to `/admin/v1/status`.
public struct StatusReport: AdminShape {
    public var cluster: String
    public var node: NodeStatus
    public var groups: [GroupStatus]

    public init(cluster: String, node: NodeStatus, groups: [GroupStatus]) {
        self.cluster = cluster
        self.node = node
        self.groups = groups
    }

    public func write(into json: inout JSONWriter) {
        json.beginObject()
        json.member("cluster", cluster)
        json.key("node")
        node.write(into: &json)
        json.member("groups", groups)
        json.endObject()
    }

    public init(from value: JSONValue) throws(AdminFailure) {
        let fields = try AdminFields(value, of: "status")
        cluster = try fields.text("cluster")
        guard let status = fields.value("node") else {
            throw .invalidField("node", expected: "an object")
        }
        node = try NodeStatus(from: status)
        groups = try fields.list("groups")
    }
}

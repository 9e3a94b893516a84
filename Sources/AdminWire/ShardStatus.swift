public import Toolbox
public import Vocabulary

/// One slice of the message space, as a node that holds a copy of it sees it.
public struct ShardStatus: AdminShape {
    public var shard: ShardID
    public var group: ReplicaGroupID
    /// The nodes that hold a copy, ascending.
    public var replicas: [NodeID]
    public var leader: NodeID?
    /// How many of the 1,024 partitions are its own.
    public var partitions: UInt64
    public var chats: UInt64
    /// Entries of all its chats.
    public var entries: UInt64
    /// Ids of messages that it would recognise if they came again.
    public var remembered: UInt64

    public init(
        shard: ShardID, group: ReplicaGroupID, replicas: [NodeID], leader: NodeID?,
        partitions: UInt64
    ) {
        self.shard = shard
        self.group = group
        self.replicas = replicas
        self.leader = leader
        self.partitions = partitions
        chats = 0
        entries = 0
        remembered = 0
    }

    public func write(into json: inout JSONWriter) {
        json.beginObject()
        json.member("shard", numbered: shard)
        json.member("group", numbered: group)
        json.key("replicas")
        json.beginArray()
        for node in replicas { json.value(UInt64(node.rawValue)) }
        json.endArray()
        json.member("leader", numbered: leader)
        json.member("partitions", partitions)
        json.member("chats", chats)
        json.member("entries", entries)
        json.member("remembered", remembered)
        json.endObject()
    }

    public init(from value: JSONValue) throws(AdminFailure) {
        let fields = try AdminFields(value, of: "shard")
        shard = try fields.numbered("shard")
        group = try fields.numbered("group")
        leader = try fields.numberedIfAny("leader")
        partitions = try fields.number("partitions")
        chats = try fields.number("chats")
        entries = try fields.number("entries")
        remembered = try fields.number("remembered")
        replicas = []
        guard let elements = fields.value("replicas")?.array else {
            throw .invalidField("replicas", expected: "a list")
        }
        for element in elements {
            guard let integer = element.integer, let number = UInt16(exactly: integer) else {
                throw .invalidField("replicas", expected: "a list of nodes' numbers")
            }
            replicas.append(NodeID(number))
        }
    }
}

public import Toolbox
public import Vocabulary

/// Where the cluster's replica groups shall be and are, as one node has read and heard it last.
///
/// Nobody else is asked: a node that is cut off tells what it knew, and that it is fenced.
public struct PlacementStatus: AdminShape {
    /// Who tells it.
    public var node: NodeID
    /// The node that tells it serves nobody, since others may take it for lost.
    public var isFenced: Bool
    /// Of the map from partitions to shards.
    public var partitionsEpoch: UInt64
    /// Ascending.
    public var groups: [GroupPlacement]
    /// Paths of the cluster's tables that could not be decoded when they were read last: what was
    /// read before is in force.
    public var undecodable: [String]

    public init(
        node: NodeID, isFenced: Bool, partitionsEpoch: UInt64, groups: [GroupPlacement],
        undecodable: [String] = []
    ) {
        self.node = node
        self.isFenced = isFenced
        self.partitionsEpoch = partitionsEpoch
        self.groups = groups
        self.undecodable = undecodable
    }

    public func write(into json: inout JSONWriter) {
        json.beginObject()
        json.member("node", numbered: node)
        json.member("fenced", isFenced)
        json.member("partitions_epoch", partitionsEpoch)
        json.member("groups", groups)
        json.member("undecodable", texts: undecodable)
        json.endObject()
    }

    public init(from value: JSONValue) throws(AdminFailure) {
        let fields = try AdminFields(value, of: "placement")
        node = try fields.numbered("node")
        isFenced = try fields.flag("fenced")
        partitionsEpoch = try fields.number("partitions_epoch")
        groups = try fields.list("groups")
        undecodable = try fields.textsIfAny("undecodable")
    }
}

/// Who shall keep a replica group, and who does.
public struct GroupPlacement: AdminShape {
    /// Who shall vote and who shall lead, by `/rookery/groups/<id>`.
    public struct Assignment: AdminShape {
        /// Goes up with each change.
        public var epoch: UInt64
        /// Ascending.
        public var voters: [NodeID]
        public var preferred: NodeID

        public init(epoch: UInt64, voters: [NodeID], preferred: NodeID) {
            self.epoch = epoch
            self.voters = voters
            self.preferred = preferred
        }

        public func write(into json: inout JSONWriter) {
            json.beginObject()
            json.member("epoch", epoch)
            json.member("voters", nodes: voters)
            json.member("preferred", numbered: preferred)
            json.endObject()
        }

        public init(from value: JSONValue) throws(AdminFailure) {
            let fields = try AdminFields(value, of: "assignment")
            epoch = try fields.number("epoch")
            voters = try fields.nodesIfAny("voters")
            preferred = try fields.numbered("preferred")
        }
    }

    public var group: ReplicaGroupID
    public var kind: GroupStatus.Kind
    /// Of message groups.
    public var shard: ShardID?
    /// Parts of the message space that the shard has, of `Limits.partitionsCount`.
    public var partitions: UInt64
    /// Nil until the tree says it.
    public var assignment: Assignment?
    /// Who votes, ascending: by the copy on the node that tells it if it has one, else as the
    /// group's leader has written it down.
    public var voters: [NodeID]
    /// Who leads it, as far as the node that tells it has heard.
    public var leader: NodeID?

    public init(
        group: ReplicaGroupID, kind: GroupStatus.Kind, shard: ShardID? = nil,
        partitions: UInt64 = 0, assignment: Assignment? = nil, voters: [NodeID] = [],
        leader: NodeID? = nil
    ) {
        self.group = group
        self.kind = kind
        self.shard = shard
        self.partitions = partitions
        self.assignment = assignment
        self.voters = voters
        self.leader = leader
    }

    public func write(into json: inout JSONWriter) {
        json.beginObject()
        json.member("group", numbered: group)
        json.member("kind", kind.rawValue)
        json.member("shard", numbered: shard)
        json.member("partitions", partitions)
        json.key("assignment")
        if let assignment { assignment.write(into: &json) } else { json.null() }
        json.member("voters", nodes: voters)
        json.member("leader", numbered: leader)
        json.endObject()
    }

    public init(from value: JSONValue) throws(AdminFailure) {
        let fields = try AdminFields(value, of: "group")
        group = try fields.numbered("group")
        kind = try fields.choice("kind")
        shard = try fields.numberedIfAny("shard")
        partitions = try fields.number("partitions")
        if let found = fields.value("assignment") {
            assignment = try Assignment(from: found)
        } else {
            assignment = nil
        }
        voters = try fields.nodesIfAny("voters")
        leader = try fields.numberedIfAny("leader")
    }
}

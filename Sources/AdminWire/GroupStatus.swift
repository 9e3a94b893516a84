public import Toolbox
public import Vocabulary

/// One copy of a replica group, as the node that holds it sees it.
public struct GroupStatus: AdminShape {
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        case coordination
        case membership
        case messages
    }

    public enum Role: String, CaseIterable, Hashable, Sendable {
        case leader
        case follower
        case candidate
        case learner
    }

    public var group: ReplicaGroupID
    public var kind: Kind
    /// Who leads it as far as this copy knows.
    public var leader: NodeID?
    public var term: Term
    /// The highest log index known to be on a majority.
    public var commit: LogIndex
    /// The highest log index that the state machine has seen.
    public var applied: LogIndex
    /// The first log index still held; what is before it is in a snapshot.
    public var first: LogIndex
    public var last: LogIndex
    /// What this copy is.
    public var role: Role
    /// Where this copy is.
    public var node: NodeID
    /// Over the whole state at `applied`: equal on all copies that applied as much. Where asked
    /// for.
    public var digest: UInt64?
    /// Which copy this is; nil from nodes of an earlier version.
    public var replica: ReplicaID?
    /// Who has a share in the group, ascending by node; empty while it waits to be founded.
    public var members: [GroupMember] = []
    /// The group moves from one set of voters to another; both must agree to everything.
    public var isJoint = false
    /// This copy leads and may answer reads alone.
    public var holdsLease = false
    /// Who leads when all is well.
    public var preferred: NodeID?
    /// Nodes that must be seen once before the group can be founded, ascending.
    public var waitsFor: [NodeID] = []

    public init(
        group: ReplicaGroupID, kind: Kind, node: NodeID, role: Role, leader: NodeID?, term: Term
    ) {
        self.group = group
        self.kind = kind
        self.node = node
        self.role = role
        self.leader = leader
        self.term = term
        commit = .zero
        applied = .zero
        first = LogIndex(1)
        last = .zero
    }

    public func write(into json: inout JSONWriter) {
        json.beginObject()
        json.member("group", numbered: group)
        json.member("kind", kind.rawValue)
        json.member("leader", numbered: leader)
        json.member("term", numbered: term)
        json.member("commit", numbered: commit)
        json.member("applied", numbered: applied)
        json.member("first", numbered: first)
        json.member("last", numbered: last)
        json.member("role", role.rawValue)
        json.member("node", numbered: node)
        json.key("replica")
        if let replica { json.value(replica.digits) } else { json.null() }
        json.member("members", members)
        json.member("joint", isJoint)
        json.member("lease", holdsLease)
        json.member("preferred", numbered: preferred)
        json.member("waits_for", nodes: waitsFor)
        if let digest { json.member("digest", digest: digest) }
        json.endObject()
    }

    public init(from value: JSONValue) throws(AdminFailure) {
        let fields = try AdminFields(value, of: "group")
        group = try fields.numbered("group")
        kind = try fields.choice("kind")
        leader = try fields.numberedIfAny("leader")
        term = try fields.numbered("term")
        commit = try fields.numbered("commit")
        applied = try fields.numbered("applied")
        first = try fields.numbered("first")
        last = try fields.numbered("last")
        role = try fields.choice("role")
        node = try fields.numbered("node")
        digest = try fields.digestIfAny("digest")
        replica = try fields.namedIfAny("replica")
        members = try fields.listIfAny("members")
        isJoint = try fields.flagIfAny("joint")
        holdsLease = try fields.flagIfAny("lease")
        preferred = try fields.numberedIfAny("preferred")
        waitsFor = try fields.nodesIfAny("waits_for")
    }
}

import AdminWire
import Toolbox
import Vocabulary

/// What nodes of a small cluster say: group 1 for accounts, group 100 for messages.
enum Scripts {
    typealias Script = [String: [AdminResponder.Reply]]

    static let membership = ReplicaGroupID(1)
    static let messages = ReplicaGroupID(100)

    static func node(
        _ number: UInt16, state: NodeStatus.State = .ready
    ) -> NodeStatus {
        var status = NodeStatus(
            node: NodeID(number), pid: 4_000 + Int32(number), url: "http://127.0.0.1:20\(number)",
            state: state, incarnation: Incarnation(7))
        status.uptimeSeconds = 192
        status.cpuSeconds = 1.25
        status.rssBytes = 15 << 20
        status.connections = 3
        status.longestTurnMicroseconds = 840
        return status
    }

    /// A copy on `node` of a group that `leader` leads.
    static func copy(
        _ group: ReplicaGroupID, on node: UInt16, leader: UInt16?, term: UInt64 = 2,
        applied: UInt64 = 9, digest: UInt64? = nil
    ) -> GroupStatus {
        var status = GroupStatus(
            group: group, kind: group == membership ? .membership : .messages,
            node: NodeID(node), role: leader == node ? .leader : .follower,
            leader: leader.map { NodeID($0) }, term: Term(term))
        status.commit = LogIndex(applied)
        status.applied = LogIndex(applied)
        status.digest = digest
        status.last = LogIndex(applied)
        status.replica = ReplicaID(UInt64(node) + 70)
        status.members = (1...3).map {
            GroupMember(
                node: NodeID($0), replica: ReplicaID(UInt64($0) + 70), standing: .voter,
                match: leader == node ? LogIndex(applied) : nil)
        }
        status.holdsLease = leader == node
        status.preferred = NodeID(1)
        return status
    }

    static func copies(on node: UInt16, leader: UInt16?) -> [GroupStatus] {
        [membership, messages].map { copy($0, on: node, leader: leader) }
    }

    static func status(
        _ node: UInt16, leader: UInt16?, state: NodeStatus.State = .ready
    ) -> AdminResponder.Reply {
        let report = StatusReport(
            cluster: "test", node: Self.node(node, state: state),
            groups: copies(on: node, leader: leader))
        return .init(body: report.encoded())
    }

    /// A node that answers all questions about nodes and groups.
    static func answering(_ node: UInt16, leader: UInt16? = 1) -> Script {
        [
            "GET /admin/v1/status": [status(node, leader: leader)],
            "GET /admin/v1/nodes": [.init(body: NodeStatus.encodeList([Self.node(node)]))],
            "GET /admin/v1/groups": [
                .init(body: GroupStatus.encodeList(copies(on: node, leader: leader)))
            ],
        ]
    }

    static func chat(
        on node: UInt16, head: UInt64, digest: UInt64
    ) -> AdminResponder.Reply {
        var chat = ChatStatus(
            chat: ChatID(4), kind: .group, title: "Team \u{1B}[2J", shard: ShardID(0),
            group: messages, node: NodeID(node))
        chat.head = SequenceNumber(head)
        chat.ord = head
        chat.digest = digest
        chat.membersVersion = 1
        chat.members = [
            .init(user: UserID(1), role: .owner), .init(user: UserID(2), role: .member),
        ]
        return .init(body: chat.encoded())
    }

    /// What a node says that does not lead.
    static func notLeader(_ leader: UInt16?) -> AdminResponder.Reply {
        .init(
            status: 409,
            body: AdminError(
                code: "not_leader", message: "another node leads",
                leader: leader.map { NodeID($0) }
            ).encoded())
    }

    static func refusal(
        _ status: Int, _ code: String, _ message: String
    ) -> AdminResponder.Reply {
        .init(status: status, body: AdminError(code: code, message: message).encoded())
    }
}

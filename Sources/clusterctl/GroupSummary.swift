import AdminWire
import ClusterNode
import Toolbox
import Vocabulary

/// A replica group as the cluster sees it: its leader's word, or the best copy's where none leads.
struct GroupSummary: Hashable {
    var group: ReplicaGroupID
    var kind: GroupStatus.Kind
    /// Nil where nobody leads, or who is said to lead does not answer or does not say so himself.
    var leader: NodeID?
    var term: Term
    var commit: LogIndex
    var applied: LogIndex
    /// The last log index there.
    var last: LogIndex
    /// Who has a share in it.
    var members: [GroupMember]
    var isJoint: Bool
    var holdsLease: Bool
    var preferred: NodeID?
    /// Nodes that must be seen once before the group can be founded.
    var waitsFor: [NodeID]
    /// All copies that were told of, ascending by node.
    var copies: [GroupStatus]

    /// - Parameters:
    ///   - planned: groups of the configuration; those without a copy are listed too.
    ///   - asked: all nodes that were asked, so that silence means something.
    static func summarize(
        _ copies: [GroupStatus], planned: [GroupPlan], asked: [NodeID]
    ) -> [GroupSummary] {
        var groups: SortedMap<ReplicaGroupID, [GroupStatus]> = SortedMap()
        for copy in copies {
            groups[copy.group] = (groups[copy.group] ?? []) + [copy]
        }
        var summaries = groups.map { group, copies in
            summary(of: copies.sorted { $0.node < $1.node }, group, asked: asked)
        }
        for plan in planned where groups[plan.id] == nil {
            summaries.append(GroupSummary(absent: plan))
        }
        return summaries.sorted { $0.group < $1.group }
    }

    /// No node told of it.
    private init(absent plan: GroupPlan) {
        group = plan.id
        switch plan.kind {
        case .coordination: kind = .coordination
        case .membership: kind = .membership
        case .messages: kind = .messages
        }
        leader = nil
        term = .zero
        commit = .zero
        applied = .zero
        last = .zero
        members = []
        isJoint = false
        holdsLease = false
        preferred = nil
        waitsFor = []
        copies = []
    }

    private init(_ copy: GroupStatus, leader: NodeID?, copies: [GroupStatus]) {
        group = copy.group
        kind = copy.kind
        self.leader = leader
        term = copy.term
        commit = copy.commit
        applied = copy.applied
        last = copy.last
        members = copy.members
        isJoint = copy.isJoint
        holdsLease = copy.holdsLease
        preferred = copy.preferred
        waitsFor = leader == nil ? Set(copies.flatMap(\.waitsFor)).sorted() : []
        self.copies = copies
    }

    private static func summary(
        of copies: [GroupStatus], _ group: ReplicaGroupID, asked: [NodeID]
    ) -> GroupSummary {
        let leading = copies.filter { $0.role == .leader }.max { $0.term < $1.term }
        if let leading { return GroupSummary(leading, leader: leading.node, copies: copies) }
        guard let best = copies.max(by: isLess) else {
            unreachable("group \(group) was told of by no copy")
        }
        // Nobody who was asked says that he leads: a claim about one of them is out of date.
        let claimed = best.leader.flatMap { asked.contains($0) ? nil : $0 }
        return GroupSummary(best, leader: claimed, copies: copies)
    }

    private static func isLess(_ left: GroupStatus, _ right: GroupStatus) -> Bool {
        (left.term, left.commit, left.applied) < (right.term, right.commit, right.applied)
    }

    /// Copies that applied equally much and yet hold different states, as far as digests tell.
    var differing: [GroupStatus] {
        copies.filter { copy in
            copies.contains {
                $0.applied == copy.applied && $0.digest != nil && copy.digest != nil
                    && $0.digest != copy.digest
            }
        }
    }

    func write(into json: inout JSONWriter) {
        json.beginObject()
        json.member("group", UInt64(group.rawValue))
        json.member("kind", kind.rawValue)
        json.key("leader")
        if let leader { json.value(UInt64(leader.rawValue)) } else { json.null() }
        json.member("term", term.rawValue)
        json.member("commit", commit.rawValue)
        json.member("applied", applied.rawValue)
        json.key("members")
        json.beginArray()
        for member in members { member.write(into: &json) }
        json.endArray()
        json.member("joint", isJoint)
        json.member("lease", holdsLease)
        json.key("preferred")
        if let preferred { json.value(UInt64(preferred.rawValue)) } else { json.null() }
        json.key("waits_for")
        json.beginArray()
        for node in waitsFor { json.value(UInt64(node.rawValue)) }
        json.endArray()
        json.key("copies")
        json.beginArray()
        for copy in copies { copy.write(into: &json) }
        json.endArray()
        json.endObject()
    }

    static func write(_ summaries: [GroupSummary], into json: inout JSONWriter) {
        json.beginArray()
        for summary in summaries { summary.write(into: &json) }
        json.endArray()
    }

    static func table(_ summaries: [GroupSummary]) -> Table {
        var table = Table(columns: [
            .init("GROUP"), .init("KIND"), .init("LEADER"), .init("LEASE"), .init("PREFERRED"),
            .init("TERM", .right), .init("COMMIT", .right), .init("APPLIED", .right),
            .init("VOTERS"), .init("LEARNERS"), .init("COPIES"),
        ])
        for group in summaries {
            table.append([
                "\(group.group)", group.kind.rawValue,
                group.leader.map { "\($0)" } ?? Table.nothing,
                group.holdsLease ? "held" : Table.nothing,
                group.preferred.map { "\($0)" } ?? Table.nothing, group.term.digits,
                group.commit.digits, group.applied.digits, group.votersText,
                list(group.nodes(.learner)), list(group.copies.map(\.node)),
            ])
        }
        return table
    }

    /// What the tables have no column for: a line for each group that is not founded yet, or moves
    /// to other voters.
    static func remarks(_ summaries: [GroupSummary]) -> String {
        var lines: [String] = []
        for group in summaries {
            if !group.waitsFor.isEmpty {
                let nodes = group.waitsFor.map { "\($0)" }.joined(separator: ", ")
                lines.append("\(group.group) waits for \(nodes) to be seen once\n")
            }
            if group.isJoint {
                lines.append("\(group.group) is joint: both sets of voters must agree\n")
            }
        }
        return lines.isEmpty ? "" : "\n" + lines.joined()
    }

    /// The voters; while joint, the old ones and the new ones.
    private var votersText: String {
        let new = Self.list(nodes(.voter, .incoming))
        return isJoint ? "\(Self.list(nodes(.voter, .outgoing))) -> \(new)" : new
    }

    private func nodes(_ standings: GroupMember.Standing...) -> [NodeID] {
        members.filter { standings.contains($0.standing) }.map(\.node)
    }

    private static func list(_ nodes: [NodeID]) -> String {
        nodes.isEmpty ? Table.nothing : nodes.map { "\($0)" }.joined(separator: " ")
    }
}

public import Toolbox
public import Vocabulary

/// What an operator wants of a replica group: the body of `POST /admin/v1/groups/<group>/change`.
public struct GroupChange: AdminShape {
    public enum Action: String, CaseIterable, Hashable, Sendable {
        /// The node is to lead.
        case transfer
        /// The node is to hold a copy without a vote.
        case addLearner = "add-learner"
        /// Its copy is to vote.
        case promote
        /// Its copy is no longer to vote.
        case demote
        /// Its copy is to go.
        case remove
    }

    public var action: Action
    public var node: NodeID

    public init(_ action: Action, _ node: NodeID) {
        self.action = action
        self.node = node
    }

    public func write(into json: inout JSONWriter) {
        json.beginObject()
        json.member("action", action.rawValue)
        json.member("node", numbered: node)
        json.endObject()
    }

    public init(from value: JSONValue) throws(AdminFailure) {
        let fields = try AdminFields(value, of: "change")
        action = try fields.choice("action")
        node = try fields.numbered("node")
    }
}

/// The answer to a `GroupChange` that was not refused.
public struct GroupChanged: AdminShape {
    public enum Outcome: String, CaseIterable, Hashable, Sendable {
        /// It is so, on a majority's disks.
        case done
        /// It was so before.
        case unchanged
        /// It has begun and goes on by itself; the node did not wait any longer.
        case begun
    }

    public var group: ReplicaGroupID
    public var change: GroupChange
    public var outcome: Outcome

    public init(group: ReplicaGroupID, change: GroupChange, outcome: Outcome) {
        self.group = group
        self.change = change
        self.outcome = outcome
    }

    public func write(into json: inout JSONWriter) {
        json.beginObject()
        json.member("group", numbered: group)
        json.key("change")
        change.write(into: &json)
        json.member("outcome", outcome.rawValue)
        json.endObject()
    }

    public init(from value: JSONValue) throws(AdminFailure) {
        let fields = try AdminFields(value, of: "answer")
        group = try fields.numbered("group")
        guard let change = fields.value("change") else {
            throw .invalidField("change", expected: "an object")
        }
        self.change = try GroupChange(from: change)
        outcome = try fields.choice("outcome")
    }
}

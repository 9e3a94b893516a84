import AdminWire
import Toolbox
import Vocabulary

/// What the commands have in common that change who holds, or who leads, a replica group.
protocol GroupChangeCommand: Command {
    static var action: GroupChange.Action { get }
    var group: ReplicaGroupID { get }
    var node: NodeID { get }
    init(group: ReplicaGroupID, node: NodeID)
}

extension GroupChangeCommand {
    static func describe(
        _ summary: String, node: String, _ details: String
    ) -> CommandDescription {
        CommandDescription(
            path: ["group", action.rawValue], summary: summary,
            operands: [
                .init("GROUP", help: "the group's number, such as 100 or g100"),
                .init("NODE", help: node),
            ],
            details: details + "\n" + """
                May be asked of any node: the question follows the group's leader. Exits with 1 if
                it is refused, and tells why. JSON: {group, change: {action, node}, outcome}.
                """)
    }

    init(_ arguments: CommandArguments) throws(ControlFailure) {
        self.init(
            group: try CommandArguments.id(arguments.operands[0], "a group's number"),
            node: try CommandArguments.id(arguments.operands[1], "a node's number"))
    }

    func run(
        _ options: GlobalOptions, _ console: inout some Console
    ) throws(ControlFailure) -> ControlStatus {
        let question = AdminRequest.changeGroup(group, GroupChange(Self.action, node))
        switch try options.door().askLeader(question, for: GroupChanged.self) {
        case .success(let answer):
            console.write(options.printsJSON ? answer.encoded().line : answer.sentence + "\n")
            return .good
        case .failure(let failure): throw failure.asControlFailure()
        }
    }
}

/// `clusterctl group transfer`
struct GroupTransferCommand: GroupChangeCommand {
    static let action = GroupChange.Action.transfer
    static let description = describe(
        "Makes a node the leader of a group.", node: "a voter of the group",
        """
        The leader brings the node up to date and hands over without an election; that takes
        milliseconds. A preferred leader that was told to hand over claims the group back after ten
        minutes.
        """)

    let group: ReplicaGroupID
    let node: NodeID
}

/// `clusterctl group add-learner`
struct GroupAddLearnerCommand: GroupChangeCommand {
    static let action = GroupChange.Action.addLearner
    static let description = describe(
        "Gives a node a copy of a group, without a vote.", node: "a node without a copy",
        "The node makes an empty copy, and the leader fills it. Promote it when it has caught up.")

    let group: ReplicaGroupID
    let node: NodeID
}

/// `clusterctl group promote`
struct GroupPromoteCommand: GroupChangeCommand {
    static let action = GroupChange.Action.promote
    static let description = describe(
        "Gives a learner a vote.", node: "a learner of the group",
        """
        Goes through a joint phase, in which the old and the new majority both decide. Refused while
        the learner lags, while another change runs, and when too many voters are silent.
        """)

    let group: ReplicaGroupID
    let node: NodeID
}

/// `clusterctl group demote`
struct GroupDemoteCommand: GroupChangeCommand {
    static let action = GroupChange.Action.demote
    static let description = describe(
        "Makes a voter a learner.", node: "a voter of the group",
        "Goes through a joint phase. Refused if the voters that remain would be no quorum now.")

    let group: ReplicaGroupID
    let node: NodeID
}

/// `clusterctl group remove`
struct GroupRemoveCommand: GroupChangeCommand {
    static let action = GroupChange.Action.remove
    static let description = describe(
        "Takes a node's copy of a group away.", node: "a voter or learner of the group",
        """
        The node deletes its copy once the change is committed. Refused if the voters that remain
        would be no quorum now, and for the last voter.
        """)

    let group: ReplicaGroupID
    let node: NodeID
}

extension GroupChanged {
    /// For people.
    var sentence: String {
        let node = change.node
        let what =
            switch change.action {
            case .transfer:
                outcome == .begun ? "\(node) is to lead \(group)" : "\(node) leads \(group)"
            case .addLearner: "\(node) is a learner of \(group)"
            case .promote: "\(node) votes in \(group)"
            case .demote: "\(node) has no vote in \(group)"
            case .remove: "\(node) has no share in \(group)"
            }
        switch outcome {
        case .done: return what
        case .unchanged: return "\(what), and did before"
        case .begun: return "\(what): begun, and goes on by itself; see \"clusterctl group list\""
        }
    }
}

import AdminWire
import Configuration
import SystemIO
import Toolbox
import Vocabulary

/// The nodes that a command may ask, and the right to ask them.
struct ClusterDoor {
    let configuration: ClusterConfiguration
    /// All nodes, or the one that the operator wants to be asked; ascending.
    let nodes: [NodeConfiguration]
    /// How long a node may take to tell of itself.
    private static let ownPatience = Duration.seconds(5)
    /// The same for what a node must ask a group about: a bit more than it gives the group (10 s),
    /// so that its own words arrive when the group is silent.
    private static let groupPatience = Duration.seconds(12)

    private let token: String
    /// Instead of both.
    private var timeout: Duration?

    /// - Parameter timeout: how long a node may take to answer; nil for what fits the question.
    init(
        _ configuration: ClusterConfiguration, only node: NodeID?, timeout: Duration?
    ) throws(ControlFailure) {
        self.configuration = configuration
        nodes = configuration.nodes.filter { node == nil || $0.id == node }
        guard !nodes.isEmpty else {
            let known = configuration.nodes.map(\.id.digits).joined(separator: ", ")
            throw .usage("the configuration has no such node, only: \(known)")
        }
        do throws(SecretsFailure) {
            token = try Secrets.adminToken(configuration.secretDirectory)
        } catch {
            throw .usage("\(error)")
        }
        self.timeout = timeout
    }

    /// The same, with nodes given no longer than `patience`, but long enough to answer at all.
    func limited(to patience: Duration) -> ClusterDoor {
        var door = self
        door.timeout = min(timeout ?? Self.ownPatience, max(patience, .milliseconds(50)))
        return door
    }

    /// Asks all of `nodes` at once.
    func askAll(_ question: AdminRequest) throws(ControlFailure) -> [NodeAnswer] {
        try AdminClient(token: token, timeout: timeout ?? Self.ownPatience).ask(nodes, question)
    }

    /// Asks one node for what it may have to ask a group about.
    func ask(
        _ node: NodeConfiguration, _ question: AdminRequest
    ) throws(ControlFailure) -> NodeAnswer? {
        try AdminClient(token: token, timeout: timeout ?? Self.groupPatience)
            .ask([node], question).first
    }

    /// Asks one node after the other until one can tell: for what any node may answer.
    ///
    /// Goes on to the next only if what was asked for has certainly not happened.
    func askAny<Shape: AdminShape>(
        _ question: AdminRequest, for type: Shape.Type = Shape.self
    ) throws(ControlFailure) -> Result<Shape, AdminCallFailure> {
        var told = AdminCallFailure.notReached("there is no node to ask")
        for node in nodes {
            guard let answer = try ask(node, question) else { continue }
            do throws(AdminCallFailure) {
                return .success(try answer.shape())
            } catch {
                // The one that tells most is worth telling: being down tells least.
                if error.weight >= told.weight { told = error }
                let mayGoOn =
                    error.isWorthAskingAnother
                    || error.isSilence && question.method == .get
                guard mayGoOn else { return .failure(error) }
            }
        }
        return .failure(told)
    }
}

/// Does nothing for a while.
func pause(_ duration: Duration) throws(ControlFailure) {
    do throws(SystemCallFailure) {
        var poll = try EventPoll(eventsMaximum: 1)
        var ready: [EventPoll.Ready] = []
        try poll.wait(timeout: duration, into: &ready)
    } catch {
        throw .unreachable("this machine does not let us wait: \(error)")
    }
}

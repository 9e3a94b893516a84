import AdminWire
import Configuration
import Toolbox
import Vocabulary

/// The nodes that a command may ask, and the right to ask them.
struct ClusterDoor {
    let configuration: ClusterConfiguration
    /// All nodes, or the one that the operator wants to be asked; ascending.
    let nodes: [NodeConfiguration]
    private let client: AdminClient

    init(
        _ configuration: ClusterConfiguration, only node: NodeID?, timeout: Duration
    ) throws(ControlFailure) {
        self.configuration = configuration
        nodes = configuration.nodes.filter { node == nil || $0.id == node }
        guard !nodes.isEmpty else {
            let known = configuration.nodes.map(\.id.digits).joined(separator: ", ")
            throw .usage("the configuration has no such node, only: \(known)")
        }
        do throws(SecretsFailure) {
            client = AdminClient(
                token: try Secrets.adminToken(configuration.secretDirectory), timeout: timeout)
        } catch {
            throw .usage("\(error)")
        }
    }

    /// Asks all of `nodes` at once.
    func askAll(_ question: AdminRequest) throws(ControlFailure) -> [NodeAnswer] {
        try client.ask(nodes, question)
    }

    /// Asks one node after the other until one can tell: for what any node may answer.
    ///
    /// Goes on to the next only if what was asked for has certainly not happened.
    func askAny<Shape: AdminShape>(
        _ question: AdminRequest, for type: Shape.Type = Shape.self
    ) throws(ControlFailure) -> Result<Shape, AdminCallFailure> {
        var last = AdminCallFailure.notReached("there is no node to ask")
        for node in nodes {
            guard let answer = try client.ask([node], question).first else { continue }
            do throws(AdminCallFailure) {
                return .success(try answer.shape())
            } catch {
                last = error
                let mayGoOn = error.isWorthAskingAnother
                    || error.isSilence && question.method == .get
                guard mayGoOn else { return .failure(error) }
            }
        }
        return .failure(last)
    }
}

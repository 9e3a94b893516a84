import ClusterNode
import Coordination
import PeerWire
import Toolbox
import VirtualWorld
import Vocabulary
import ZooKeeperWire

/// What the checkers of the coordination service are told.
extension SimulatedCluster {
    /// Something is about to reach a node: perhaps a sign of life of some session.
    mutating func listen(to delivery: Delivery, on node: Int) {
        guard plan.coordinationClients > 0, case .received(let bytes) = delivery.what else {
            return
        }
        switch delivery.port {
        case .coordination:
            coordination.expiries.received(at: delivery.endpoint, on: node, now)
        case .peer(.bulk): coordination.expiries.received(bytes, on: node)
        case .peer(.consensus), .chat: break
        }
    }

    /// The client's end of a connection is that of a session from now on.
    mutating func attach(_ session: CoordinationSessionID, at endpoint: Endpoint) {
        guard let end = network.otherEnd(than: endpoint) else { return }
        coordination.expiries.attach(session, at: end)
    }

    /// Somebody is about to show a wrong password at his end of a connection.
    mutating func expectStranger(at endpoint: Endpoint) {
        guard let end = network.otherEnd(than: endpoint), case .node(let node) = end.place,
            nodes[node].life == end.life
        else { return }
        coordination.strangers.expect(
            CoordinationOwner(
                node: plans[node].node, incarnation: nodes[node].incarnation,
                connection: end.connection))
    }

    /// All clients have left, and nothing of theirs is there any more.
    mutating func checkCoordinationRests() {
        for node in nodes.indices {
            guard let instance = nodes[node].process.first else { continue }
            coordination.checkRest(instance, on: node, into: &violations)
        }
    }
}

import Coordination
import CoordinationService
import LogStorage
import Replication
import Toolbox
public import Vocabulary
import ZooKeeperWire

/// This node's own session with the coordination service.
extension NodeInstance {
    static let ownIdentity = AccessIdentity(scheme: "rookery", id: "cluster")

    /// What `/rookery/nodes/<id>` holds.
    static func registration(of plan: NodePlan, incarnation: Incarnation) -> Bytes {
        let own = plan.nodes.first { $0.id == plan.node }
        var writer = JSONWriter(reserving: 256)
        writer.beginObject()
        writer.key("node")
        writer.value(Int64(plan.node.rawValue))
        writer.key("incarnation")
        writer.value(Int64(clamping: incarnation.rawValue))
        writer.key("client")
        writer.value(own?.clientURL ?? "")
        writer.key("peer")
        writer.value(own?.peerAddress ?? "")
        writer.key("coordination")
        writer.value(own?.coordinationAddress ?? "")
        writer.key("host")
        writer.value(own?.host ?? "")
        writer.key("zone")
        writer.value(own?.zone ?? "")
        writer.endObject()
        return writer.take()
    }

    /// The nodes that are registered, as this node's copy of the tree has it; nil without a copy.
    public var registeredNodes: [NodeID]? {
        guard let machine = replicas.coordination?.machine else { return nil }
        do throws(ZooKeeperError) {
            let names = try machine.children(at: "/rookery/nodes", for: []).names
            return names.compactMap { $0.text.flatMap { NodeID(digits: $0) } }.sorted()
        } catch {
            return []
        }
    }

    /// Whether this life of the node is registered, as far as it was told.
    public var isRegistered: Bool { coordination?.registrar.stage == .registered }

    mutating func keepRegistered(at moment: Moment) {
        guard isReady, stopping == nil, replicas.coordination != nil,
            let wishes = coordination?.registrar.timeDidAdvance(to: moment.monotonic)
        else { return }
        carryOut(wishes, at: moment)
    }

    /// Bytes for the node's own connection, if that is the one.
    mutating func registrarReceived(
        _ bytes: Bytes, on connection: ConnectionID, at moment: Moment
    ) -> Bool {
        guard coordination?.registrar.connection == connection,
            let wishes = coordination?.registrar.received(bytes, at: moment.monotonic)
        else { return false }
        carryOut(wishes, at: moment)
        return true
    }

    mutating func registrarClosed(_ connection: ConnectionID, at moment: Moment) -> Bool {
        guard coordination?.registrar.connection == connection else { return false }
        coordination?.registrar.closed(at: moment.monotonic)
        return true
    }

    private mutating func carryOut(_ wishes: [NodeRegistrar.Wish], at moment: Moment) {
        for wish in wishes {
            switch wish {
            case .connect(let id):
                tellCoordination { service, _, directives in
                    service.connected(
                        id, address: "127.0.0.1:0", identities: [Self.ownIdentity], at: moment,
                        into: &directives)
                }
            case .send(let bytes):
                guard let connection = coordination?.registrar.connection else { return }
                tellCoordination { service, machine, directives in
                    service.received(
                        bytes, on: connection, machine: machine, at: moment, into: &directives)
                }
            case .disconnect(let connection): coordination?.service.closed(connection)
            }
        }
    }
}

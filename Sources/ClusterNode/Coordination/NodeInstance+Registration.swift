import Coordination
import CoordinationService
import LogStorage
import Placement
import Replication
import Toolbox
public import Vocabulary
import ZooKeeperWire

/// This node's own session with the coordination service.
extension NodeInstance {
    static let ownIdentity = AccessIdentity(scheme: "rookery", id: "cluster")

    /// What `/rookery/nodes/<id>` holds.
    static func registration(of plan: NodePlan, incarnation: Incarnation) -> NodeRegistration {
        plan.nodes.first { $0.id == plan.node }.map {
            NodeRegistration($0, version: plan.version, incarnation: incarnation)
        } ?? NodeRegistration(host: "", zone: "", incarnation: incarnation)
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
        guard isReady, replicas.coordination != nil,
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
        let wishes = coordination?.registrar.closed(at: moment.monotonic) ?? []
        carryOut(wishes, at: moment)
        return true
    }

    /// Says that this node is about to stop.
    mutating func drainRegistration(at moment: Moment) {
        let wishes = coordination?.registrar.drain(at: moment.monotonic) ?? []
        carryOut(wishes, at: moment)
    }

    /// Ends this node's session, and with it its registration.
    mutating func endRegistration(at moment: Moment) {
        let wishes = coordination?.registrar.leave(at: moment.monotonic) ?? []
        carryOut(wishes, at: moment)
    }

    /// Whether the session is over, or was never there.
    var hasLeft: Bool { coordination?.registrar.stage == .left || replicas.coordination == nil }

    /// Changes the cluster's tables, all or nothing; nil while that cannot be asked for. What came
    /// of it is told to `changeDidFinish`.
    mutating func changeTables(_ operations: [MultiOperation], at moment: Moment) -> Xid? {
        guard let (xid, wish) = coordination?.registrar.change(operations) else { return nil }
        carryOut([wish], at: moment)
        return xid
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
            case .finished(let xid, let error): changeDidFinish(xid, error, at: moment)
            }
        }
    }
}

extension NodeRegistration {
    /// What the configuration says of a node.
    init(_ node: NodeDescription, version: String, incarnation: Incarnation) {
        self.init(host: node.host, zone: node.zone, incarnation: incarnation, roles: node.roles)
        clientURL = node.clientURL
        peerAddress = node.peerAddress
        coordinationAddress = node.coordinationAddress ?? ""
        self.version = version
    }
}

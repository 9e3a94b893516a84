import Controller
import Coordination
import CoordinationService
import Placement
import Replication
import Toolbox
import Vocabulary
import ZooKeeperWire

/// The controller runs where the coordination group is led. It sees this node's copy of the tree,
/// and changes it as a client of the service.
extension NodeInstance {
    /// This node has begun, or ceased, to lead the coordination group.
    mutating func controllerMayChange(at moment: Moment) {
        let leads = leadsCoordination(at: moment)
        if leads, controller?.instance.isLeading == false {
            controller?.instance.leadershipDidBegin(at: moment.monotonic)
            tellController(at: moment)
        } else if !leads, controller?.instance.isLeading == true {
            controller?.instance.leadershipDidEnd()
            controller?.sent = nil
        }
    }

    /// Whether it leads, and its copy has all that was committed before.
    private func leadsCoordination(at moment: Moment) -> Bool {
        guard case .own = coordination?.leadership, stopping == nil else { return false }
        if controller?.instance.isLeading == true { return true }
        guard let replica = replicas.coordination,
            let index = replica.leaseReadIndex(at: moment.monotonic)
        else { return false }
        return index <= replica.applied
    }

    /// The tree has changed.
    mutating func tellController(at moment: Moment) {
        guard controller?.instance.isLeading == true else { return }
        let facts = controllerFacts
        tell(at: moment) { controller, directives in
            controller.treeDidChange(facts, at: moment.monotonic, into: &directives)
        }
    }

    mutating func controllerTimeDidAdvance(at moment: Moment) {
        controllerMayChange(at: moment)
        tell(at: moment) { controller, directives in
            controller.timeDidAdvance(to: moment.monotonic, into: &directives)
        }
    }

    /// A change of the tables that this node asked for was made, or not.
    mutating func changeDidFinish(_ xid: Xid, _ error: ZooKeeperError?, at moment: Moment) {
        guard let sent = controller?.sent, sent.xid == xid else {
            return assignmentDidChange(xid, error, at: moment)
        }
        controller?.sent = nil
        tell(at: moment) { controller, directives in
            controller.changeDidFinish(
                sent.id, error: error, at: moment.monotonic, into: &directives)
        }
    }

    private mutating func tell(
        at moment: Moment,
        _ body: (inout ControllerInstance, inout [ControllerDirective]) -> Void
    ) {
        guard var desk = controller else { return }
        controller = nil
        body(&desk.instance, &desk.said)
        let said = desk.said
        desk.said.removeAll(keepingCapacity: true)
        controller = desk
        for directive in said {
            switch directive {
            case .observe(let observation): observations.append(.controller(observation))
            case .commit(let id, let change): commit(id, change, at: moment)
            }
        }
    }

    private mutating func commit(
        _ id: ControllerChangeID, _ change: ControllerChange, at moment: Moment
    ) {
        guard let xid = changeTables(change.operations, at: moment) else {
            return tell(at: moment) { controller, directives in
                controller.changeDidFinish(
                    id, error: .connectionLoss, at: moment.monotonic, into: &directives)
            }
        }
        controller?.sent = (xid, id)
        observations.append(.controllerChanges(change.reason))
    }

    // MARK: What it sees

    private var controllerFacts: ControllerFacts {
        var facts = ControllerFacts()
        if let machine = replicas.coordination?.machine {
            collect(RookeryPaths.root, from: machine, into: &facts.znodes)
        }
        facts.votersInForce = tables.voters
        return facts
    }

    private func collect(
        _ path: ZnodePath, from machine: CoordinationMachine,
        into znodes: inout SortedMap<ZnodePath, ControllerFacts.Znode>
    ) {
        do throws(ZooKeeperError) {
            let (data, stat) = try machine.data(at: path, for: [Self.ownIdentity])
            znodes[path] = ControllerFacts.Znode(
                data: data ?? Bytes(), version: stat.version, created: stat.czxid)
            guard stat.numChildren > 0 else { return }
            for name in try machine.children(at: path, for: [Self.ownIdentity]).names {
                collect(path.child(named: name), from: machine, into: &znodes)
            }
        } catch {
            // It is not there: the controller founds it.
        }
    }
}

import Controller
import Vocabulary
import ZooKeeperWire

/// The controller of a node, and which change of the tree stands for which of its wishes.
struct ControllerDesk: Sendable {
    var instance: ControllerInstance
    /// The change that was sent and is not answered.
    var sent: (xid: Xid, id: ControllerChangeID)?
    /// What it said while an event is being handled.
    var said: [ControllerDirective] = []

    init(foundation: ControllerFoundation, settings: ControllerSettings) {
        instance = ControllerInstance(foundation: foundation, settings: settings)
    }
}

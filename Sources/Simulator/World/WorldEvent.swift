import ClusterNode
import LogStorage

/// Something that is due in the world.
public enum WorldEvent: Sendable {
    case network(NetworkEvent)
    /// A node's process runs.
    case turn(node: Int, life: UInt32)
    /// A node's disk is done with what it was doing on a lane.
    case disk(node: Int, life: UInt32, StorageLane)
    case work(node: Int, life: UInt32, WorkID, WorkResult)
    /// A node's process is started.
    case start(node: Int)
    case client(Int)
    case coordinationClient(Int)
    case nemesis
    /// The end of a fault: its position in the list of those that last.
    case relief(Int)
    /// All invariants are checked over everything.
    case sweep
}

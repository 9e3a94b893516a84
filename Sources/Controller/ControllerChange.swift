public import Toolbox
public import Vocabulary
public import ZooKeeperWire

/// Names one change that the controller wants, for as long as it leads.
public struct ControllerChangeID: Identifier {
    public static let symbol = "m"
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// One multi: all of it happens or nothing. What it was planned from is checked by versions, so
/// that a change planned from old news is refused.
public struct ControllerChange: Hashable, Sendable {
    public enum Reason: Hashable, Sendable, CustomStringConvertible {
        case founding(znodesCount: Int)
        case ring(RingEpoch, forcedArcsCount: Int, voluntaryArcsCount: Int, remainingArcsCount: Int)
        case replica(ReplicaGroupID, lost: NodeID, substitute: NodeID)
        case leader(ReplicaGroupID, NodeID)

        public var description: String {
            switch self {
            case .founding(let count): "found \(count) znodes"
            case .ring(let epoch, let forced, let voluntary, let remaining):
                "ring \(epoch): \(forced) lost and \(voluntary) other arcs move, \(remaining) later"
            case .replica(let group, let lost, let substitute):
                "\(group): \(substitute) takes the place of \(lost)"
            case .leader(let group, let leader): "\(group): \(leader) shall lead"
            }
        }
    }

    public let reason: Reason
    public let operations: [MultiOperation]

    public init(reason: Reason, operations: [MultiOperation]) {
        self.reason = reason
        self.operations = operations
    }
}

/// What the controller wants done.
public enum ControllerDirective: Hashable, Sendable {
    /// Proposed to the coordination group, under the cluster's own identity; answered by
    /// `changeDidFinish`.
    case commit(ControllerChangeID, ControllerChange)
    case observe(ControllerObservation)
}

/// What operators should know.
public enum ControllerObservation: Hashable, Sendable, CustomStringConvertible {
    /// A znode that nobody can read; it is left alone, and all else goes on.
    case undecodable(ZnodePath, DecodeFailure)
    case readable(ZnodePath)
    case refused(ControllerChange.Reason, ZooKeeperError)
    /// It came and went too often, and must stay for a while before it is given anything.
    case flapping(NodeID)
    /// A group has lost so many voters that it cannot replace them.
    case withoutQuorum(ReplicaGroupID)

    public var description: String {
        switch self {
        case .undecodable(let path, let failure): "\(path) does not decode: \(failure)"
        case .readable(let path): "\(path) decodes again"
        case .refused(let reason, let error): "refused (\(error)): \(reason)"
        case .flapping(let node): "\(node) comes and goes"
        case .withoutQuorum(let group): "\(group) has lost its quorum"
        }
    }
}

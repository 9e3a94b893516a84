public import Vocabulary

/// A node as the ring's planner sees it. Who is not named at all has gone: its arcs must move now.
public struct RingNode: Hashable, Sendable {
    public enum Part: Hashable, Sendable {
        /// Takes its share.
        case active
        /// Shall own nothing in the end; its arcs move at the planner's bounded rate.
        case draining
        /// Away, perhaps for a moment: its share is kept for it, but it is given nothing more.
        case away
        /// Comes and goes: it keeps what it has of its share, and is given nothing more. Nobody
        /// waits for it; if nobody else is active, it counts as active.
        case unsteady
    }

    public let id: NodeID
    /// The machine it runs on.
    public let host: String
    /// The room, rack or data centre that the machine stands in; arcs stay in it where they can.
    public let zone: String
    /// Its share, relative to the others' weights; with 0 it owns nothing.
    public let weight: UInt16
    public let part: Part

    /// The weight of an ordinary node.
    public static let weightOrdinary: UInt16 = 100

    public init(
        id: NodeID, host: String = "", zone: String = "", weight: UInt16 = weightOrdinary,
        part: Part = .active
    ) {
        self.id = id
        self.host = host
        self.zone = zone
        self.weight = weight
        self.part = part
    }
}

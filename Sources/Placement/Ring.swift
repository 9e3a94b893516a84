import Toolbox
public import Vocabulary

/// Which gateway node is home to which users: 16,384 equal arcs of a circle, one owner each.
///
/// - Every arc has exactly one owner.
/// - A ring over the same nodes is the same ring, on every machine.
/// - As made by `balanced`, no node owns more than one arc more than another; `RingPlan` keeps it.
public struct Ring: Hashable, Sendable, CustomStringConvertible {
    /// Arcs that lie side by side and have one owner.
    public struct Run: Hashable, Sendable {
        public let arcs: Range<UInt16>
        public let owner: NodeID

        public init(arcs: Range<UInt16>, owner: NodeID) {
            self.arcs = arcs
            self.owner = owner
        }
    }

    public let epoch: RingEpoch
    /// The owner of each arc, by arc.
    public let owners: [NodeID]
    /// All arcs, ascending; neighbours have different owners.
    public let runs: [Run]

    /// - Precondition: one owner for each of `Limits.arcsCount` arcs.
    public init(epoch: RingEpoch, owners: [NodeID]) {
        invariant(owners.count == Int(Limits.arcsCount), "\(owners.count) owners of arcs")
        self.epoch = epoch
        self.owners = owners
        runs = Self.runs(of: owners)
    }

    private static func runs(of owners: [NodeID]) -> [Run] {
        var runs: [Run] = []
        var start = 0
        for arc in 1...owners.count where arc == owners.count || owners[arc] != owners[start] {
            runs.append(Run(arcs: UInt16(start)..<UInt16(arc), owner: owners[start]))
            start = arc
        }
        return runs
    }

    /// The first ring of a cluster: contiguous shares, in the order of the nodes' numbers.
    ///
    /// - Parameter nodes: at least one; order and repeats do not matter.
    public static func balanced(over nodes: [NodeID], epoch: RingEpoch) -> Ring {
        let nodes = Set(nodes).sorted()
        invariant(!nodes.isEmpty, "a ring without nodes")
        let arcs = Int(Limits.arcsCount)
        return Ring(epoch: epoch, owners: (0..<arcs).map { nodes[$0 * nodes.count / arcs] })
    }

    /// The arc of a user: the top 14 bits of XXH64 (seed 0) over the eight little-endian bytes of
    /// the id. Fixed for ever; vectors stand in this room's page.
    public static func arc(of user: UserID) -> ArcID {
        ArcID(UInt16(XXH64.hash(user.rawValue) >> 50))
    }

    public func owner(of arc: ArcID) -> NodeID { owners[Int(arc.rawValue)] }

    /// The node where this user's devices meet.
    public func owner(of user: UserID) -> NodeID { owner(of: Self.arc(of: user)) }

    /// The arcs of `node` as ranges of arc numbers, ascending, none touching the next. O(runs).
    public func arcs(of node: NodeID) -> [Range<UInt16>] {
        runs.filter { $0.owner == node }.map(\.arcs)
    }

    /// The nodes that own an arc, ascending. O(runs).
    public var nodes: [NodeID] { shares.keys }

    /// How many arcs each owner has; who has none is not in it. O(runs).
    public var shares: SortedMap<NodeID, Int> {
        var shares = SortedMap<NodeID, Int>()
        for run in runs { shares[run.owner, default: 0] += run.arcs.count }
        return shares
    }

    public var description: String {
        "\(epoch): " + shares.map { "\($0.value) of \($0.key)" }.joined(separator: ", ")
    }

    /// How many arcs have another owner in `other`.
    public func arcsMoved(to other: Ring) -> Int {
        owners.indices.count { owners[$0] != other.owners[$0] }
    }

    /// The ring after this one.
    ///
    /// - Throws: when `delta` was made for another ring than this; the reader then needs a whole
    ///   one.
    public func applying(_ delta: RingDelta) throws(RingDeltaFailure) -> Ring {
        guard delta.previous == epoch else {
            throw .startsElsewhere(wanted: epoch, found: delta.previous)
        }
        var owners = owners
        for run in delta.changes {
            for arc in run.arcs { owners[Int(arc)] = run.owner }
        }
        return Ring(epoch: delta.epoch, owners: owners)
    }
}

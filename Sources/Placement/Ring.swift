public import Toolbox
public import Vocabulary

/// Which gateway node is home to which users: 16,384 equal arcs of a circle, one owner each.
///
/// - Every arc has exactly one owner.
/// - A ring over the same nodes is the same ring, on every machine.
/// - As made by `balanced`, no node owns more than one arc more than another.
public struct Ring: Hashable, Sendable {
    public let epoch: RingEpoch
    /// The owner of each arc, by arc.
    private let owners: [NodeID]

    /// - Precondition: one owner for each of `Limits.arcsCount` arcs.
    public init(epoch: RingEpoch, owners: [NodeID]) {
        invariant(owners.count == Int(Limits.arcsCount), "\(owners.count) owners of arcs")
        self.epoch = epoch
        self.owners = owners
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

    /// The arcs of `node` as ranges of arc numbers, ascending, none touching the next. O(arcs).
    public func arcs(of node: NodeID) -> [Range<UInt16>] {
        runs().filter { $0.owner == node }.map(\.arcs)
    }

    /// The nodes that own an arc, ascending.
    public var nodes: [NodeID] { Set(owners).sorted() }

    private func runs() -> [(arcs: Range<UInt16>, owner: NodeID)] {
        var runs: [(arcs: Range<UInt16>, owner: NodeID)] = []
        var start = 0
        for arc in 1...owners.count where arc == owners.count || owners[arc] != owners[start] {
            runs.append((UInt16(start)..<UInt16(arc), owners[start]))
            start = arc
        }
        return runs
    }

    // MARK: Bytes

    /// Runs of arcs with one owner, each as (length, owner).
    public func encode(into writer: inout ByteWriter) {
        writer.write(epoch.rawValue)
        writer.writeList(runs()) { writer, run in
            writer.write(UInt16(run.arcs.count))
            writer.write(run.owner.rawValue)
        }
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        let epoch = RingEpoch(try reader.read())
        let start = reader.offset
        let runs = try reader.readList { reader throws(DecodeFailure) in
            (count: Int(try reader.read(UInt16.self)), owner: NodeID(try reader.read()))
        }
        let total = runs.reduce(0) { $0 + $1.count }
        guard total == Int(Limits.arcsCount) else {
            throw .invalid(what: "a ring of \(total) arcs", offset: start)
        }
        self.init(
            epoch: epoch, owners: runs.flatMap { repeatElement($0.owner, count: $0.count) })
    }
}

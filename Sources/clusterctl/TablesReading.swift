import AdminWire
import Configuration
import Vocabulary

/// What a node tells of the cluster's tables out of what it has read of them last.
protocol TablesTold: AdminShape {
    var node: NodeID { get }
    var isFenced: Bool { get }
    /// Paths that could not be decoded.
    var undecodable: [String] { get }
    /// Goes up with every change of the tables: of two answers the one with more is newer.
    var age: UInt64 { get }
}

extension RingStatus: TablesTold {
    var age: UInt64 { epoch.rawValue }
}

extension PlacementStatus: TablesTold {
    /// Damaged epochs may be huge: they count as what they are, as far as they go.
    var age: UInt64 {
        groups.reduce(partitionsEpoch) { sum, group in
            let (next, isOver) = sum.addingReportingOverflow(group.assignment?.epoch ?? 0)
            return isOver ? .max : next
        }
    }
}

/// The tables as several nodes have them, and the answer that counts: the newest of a node that is
/// not fenced.
struct TablesReading<Told: TablesTold> {
    let reading: NodeReading<Told>
    /// Nil if nobody told anything.
    let best: Told?

    init(_ door: ClusterDoor, _ question: AdminRequest) throws(ControlFailure) {
        reading = NodeReading(try door.askAll(question)) { answer throws(AdminCallFailure) in
            try answer.shape(Told.self)
        }
        var best: Told?
        for (_, told) in reading.told {
            guard let earlier = best else {
                best = told
                continue
            }
            if Self.rank(earlier) < Self.rank(told) { best = told }
        }
        self.best = best
    }

    private static func rank(_ told: Told) -> (Int, UInt64) { (told.isFenced ? 0 : 1, told.age) }

    /// Tells who was silent, fenced or behind, and what could not be read.
    func complain(_ console: inout some Console) {
        reading.complain(&console)
        for (node, told) in reading.told {
            let name = "node \(node.id.digits)"
            if told.isFenced {
                console.complain("\(name) is fenced: what it tells may be out of date")
            } else if let best, told.age < best.age {
                console.complain("\(name) has older tables")
            }
            for path in told.undecodable {
                console.complain(
                    "\(name) cannot read \(Table.printable(path)): what it said before is in force")
            }
        }
    }

    /// Bad if what is shown may be out of date, or is not what the tree says.
    var status: ControlStatus {
        guard let best else { return reading.status }
        return best.isFenced || !best.undecodable.isEmpty ? .bad : .good
    }
}

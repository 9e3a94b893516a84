import Controller
import Coordination
import CoordinationService
import Placement
import Toolbox
import Vocabulary
import ZooKeeperWire

/// The cluster's tables as this node could read them last in its copy of the tree.
///
/// A table that does not decode, or is missing, changes nothing: what was read before stays in
/// force.
struct ClusterTables: Sendable {
    enum News: Hashable, Sendable {
        case ring
        case undecodable(ZnodePath, DecodeFailure)
    }

    private(set) var ring: Ring
    private(set) var partitions: PartitionMap
    private(set) var assignments = SortedMap<ReplicaGroupID, GroupAssignment>()
    /// Who votes, as each group's leader has written it down.
    private(set) var voters = SortedMap<ReplicaGroupID, [NodeID]>()
    /// Paths whose bytes could not be decoded when they were read last, ascending: what they said
    /// before is in force.
    private(set) var undecodable: [String] = []
    /// Which change set the bytes that were read last, and to which version.
    private var seen = SortedMap<ZnodePath, (change: Zxid, version: Int32)>()

    init(ring: Ring, partitions: PartitionMap) {
        self.ring = ring
        self.partitions = partitions
    }

    /// Of the data, as it was read; nil if the node was not there.
    func version(of path: ZnodePath) -> Int32? { seen[path]?.version }

    static func voters(of group: ReplicaGroupID) -> ZnodePath {
        RookeryPaths.group(group).child(named: "voters")
    }

    /// Reads what has changed.
    ///
    /// - Parameter groups: the replica groups of this cluster.
    mutating func read(_ machine: CoordinationMachine, groups: [ReplicaGroupID]) -> [News] {
        var news: [News] = []
        let epoch = ring.epoch
        take(RookeryPaths.ring, machine, &news) { (tables, bytes) throws(DecodeFailure) in
            let ring = try Ring(decoding: bytes)
            // A tree that begins anew goes on above what was: an older ring is old news.
            if ring.epoch > tables.ring.epoch { tables.ring = ring }
        }
        if ring.epoch != epoch { news.append(.ring) }
        take(RookeryPaths.partitions, machine, &news) { (tables, bytes) throws(DecodeFailure) in
            let map = try PartitionMap(decoding: bytes)
            guard map.epoch > tables.partitions.epoch else { return }
            guard map.messageGroups.allSatisfy(groups.contains) else {
                throw .invalid(what: "a partition map with groups of no such cluster", offset: 0)
            }
            tables.partitions = map
        }
        for group in groups {
            take(RookeryPaths.group(group), machine, &news) {
                (tables, bytes) throws(DecodeFailure) in
                tables.assignments[group] = try GroupAssignment(decoding: bytes)
            }
            take(Self.voters(of: group), machine, &news) {
                (tables, bytes) throws(DecodeFailure) in
                tables.voters[group] = try NodeList(decoding: bytes).nodes
            }
        }
        return news
    }

    private mutating func take(
        _ path: ZnodePath, _ machine: CoordinationMachine, _ news: inout [News],
        _ body: (inout ClusterTables, Bytes) throws(DecodeFailure) -> Void
    ) {
        do throws(ZooKeeperError) {
            let (data, stat) = try machine.data(at: path, for: [NodeInstance.ownIdentity])
            guard seen[path]?.change != stat.mzxid else { return }
            seen[path] = (stat.mzxid, stat.version)
            undecodable.removeAll { $0 == "\(path)" }
            guard let data, !data.isEmpty else { return }
            do throws(DecodeFailure) {
                try body(&self, data)
            } catch {
                news.append(.undecodable(path, error))
                undecodable.append("\(path)")
                undecodable.sort()
            }
        } catch {
            // It is not there (yet): nothing is known of it.
            seen[path] = nil
            undecodable.removeAll { $0 == "\(path)" }
        }
    }
}

/// Nodes as JSON, such as `[1,2,3]`.
struct NodeList: Hashable, Sendable {
    var nodes: [NodeID]

    init(_ nodes: [NodeID]) { self.nodes = nodes }

    func encoded() -> Bytes {
        var json = JSONWriter(reserving: 32)
        json.beginArray()
        for node in nodes { json.value(UInt64(node.rawValue)) }
        json.endArray()
        return json.take()
    }

    init(decoding bytes: Bytes) throws(DecodeFailure) {
        let items: [JSONValue]
        do throws(JSONFailure) {
            items = try JSONValue.parse(bytes).array ?? []
        } catch {
            throw .invalid(what: "JSON: \(error)", offset: 0)
        }
        nodes = items.compactMap { item in
            item.integer.flatMap { UInt16(exactly: $0) }.map { NodeID($0) }
        }
        guard !nodes.isEmpty, nodes.count == items.count else {
            throw .invalid(what: "a list of nodes", offset: 0)
        }
    }
}

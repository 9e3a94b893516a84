import Placement
import Toolbox
import Vocabulary
import ZooKeeperWire

/// The facts, read: what decodes as what it should be, and what does not.
struct ClusterPicture: Sendable {
    struct Member: Hashable, Sendable {
        /// Nil when it does not decode: somebody is there, but who knows as what.
        let registration: NodeRegistration?
        let version: Int32
        let created: Zxid
    }

    private(set) var facts: ControllerFacts
    /// Nil when it is not there, is empty, or does not decode.
    private(set) var ring: Ring?
    private(set) var partitions: PartitionMap?
    private(set) var members = SortedMap<NodeID, Member>()
    private(set) var groups = SortedMap<ReplicaGroupID, GroupAssignment>()
    private(set) var deltas: [RingEpoch] = []
    private(set) var undecodable = SortedMap<ZnodePath, DecodeFailure>()

    /// - Parameter earlier: what it says of znodes that did not change is taken over.
    init(_ facts: ControllerFacts, after earlier: ClusterPicture?) {
        self.facts = facts
        ring = take(RookeryPaths.ring, earlier?.ring, from: earlier) {
            bytes throws(DecodeFailure) in
            try Ring(decoding: bytes)
        }
        partitions = take(RookeryPaths.partitions, earlier?.partitions, from: earlier) {
            bytes throws(DecodeFailure) in try PartitionMap(decoding: bytes)
        }
        for (path, znode) in facts.znodes {
            if let id: NodeID = RookeryPaths.number(path, below: RookeryPaths.nodes) {
                let read = take(path, earlier?.members[id]?.registration, from: earlier) {
                    bytes throws(DecodeFailure) in try NodeRegistration(decoding: bytes)
                }
                members[id] = Member(
                    registration: read, version: znode.version, created: znode.created)
            } else if let id: ReplicaGroupID = RookeryPaths.number(
                path, below: RookeryPaths.groups)
            {
                groups[id] = take(path, earlier?.groups[id], from: earlier) {
                    bytes throws(DecodeFailure) in try GroupAssignment(decoding: bytes)
                }
            } else if let epoch: RingEpoch = RookeryPaths.number(
                path, below: RookeryPaths.deltas)
            {
                deltas.append(epoch)
            }
        }
        deltas.sort()
    }

    /// Whether it is missing or was emptied, which asks for founding it anew.
    func isVacant(_ path: ZnodePath) -> Bool { facts.znodes[path]?.data.isEmpty ?? true }

    func version(of path: ZnodePath) -> Int32? { facts.znodes[path]?.version }

    private mutating func take<Value>(
        _ path: ZnodePath, _ known: Value?, from earlier: ClusterPicture?,
        _ read: (Bytes) throws(DecodeFailure) -> Value
    ) -> Value? {
        guard let znode = facts.znodes[path], !znode.data.isEmpty else { return nil }
        if let known, earlier?.facts.znodes[path]?.data == znode.data { return known }
        do throws(DecodeFailure) {
            return try read(znode.data)
        } catch {
            undecodable[path] = error
            return nil
        }
    }
}

import Controller
import Placement
import Toolbox
import Vocabulary
import ZooKeeperWire

/// A tree that does as ZooKeeper does with a multi: all or nothing, versions checked.
struct TreeModel {
    private(set) var facts = ControllerFacts()
    private(set) var changesCount: Int64 = 0

    mutating func apply(_ operations: [MultiOperation]) -> ZooKeeperError? {
        let before = facts
        changesCount += 1
        for operation in operations {
            if let error = apply(operation) {
                facts = before
                return error
            }
        }
        return nil
    }

    private mutating func apply(_ operation: MultiOperation) -> ZooKeeperError? {
        let path = operation.path
        let found = facts.znodes[path]
        switch operation {
        case .create(let request):
            guard found == nil else { return .nodeExists }
            guard let parent = path.parent, parent.isRoot || facts.znodes[parent] != nil else {
                return .noNode
            }
            facts.znodes[path] = ControllerFacts.Znode(
                data: request.data ?? Bytes(), version: 0, created: Zxid(changesCount))
        case .delete(let request):
            guard let found else { return .noNode }
            guard request.version == -1 || request.version == found.version else {
                return .badVersion
            }
            guard !facts.znodes.keys.contains(where: { $0.parent == path }) else {
                return .notEmpty
            }
            facts.znodes[path] = nil
        case .setData(let request):
            guard var found else { return .noNode }
            guard request.version == -1 || request.version == found.version else {
                return .badVersion
            }
            found.data = request.data ?? Bytes()
            found.version += 1
            facts.znodes[path] = found
        case .check(let request):
            guard let found else { return .noNode }
            guard request.version == -1 || request.version == found.version else {
                return .badVersion
            }
        }
        return nil
    }

    // MARK: What nodes do

    mutating func register(_ id: UInt16, _ registration: NodeRegistration) {
        let path = RookeryPaths.node(NodeID(id))
        if facts.znodes[path] == nil {
            _ = apply([
                .create(
                    CreateRequest(path: path, data: registration.encoded(), mode: .ephemeral))
            ])
        } else {
            set(path, registration.encoded())
        }
    }

    mutating func remove(_ id: UInt16) {
        _ = apply([.delete(DeleteRequest(path: RookeryPaths.node(NodeID(id))))])
    }

    mutating func set(_ path: ZnodePath, _ data: Bytes) {
        _ = apply([.setData(SetDataRequest(path: path, data: data))])
    }

    // MARK: What is in it

    var ring: Ring? {
        read(RookeryPaths.ring) { data throws(DecodeFailure) in try Ring(decoding: data) }
    }

    var partitions: PartitionMap? {
        read(RookeryPaths.partitions) { data throws(DecodeFailure) in
            try PartitionMap(decoding: data)
        }
    }

    func group(_ id: UInt32) -> GroupAssignment? {
        read(RookeryPaths.group(ReplicaGroupID(id))) { data throws(DecodeFailure) in
            try GroupAssignment(decoding: data)
        }
    }

    /// Ascending.
    var registered: [NodeID] {
        facts.znodes.keys.filter { $0.parent == RookeryPaths.nodes }
            .compactMap { $0.name.text.flatMap { NodeID(digits: $0) } }.sorted()
    }

    private func read<Value>(
        _ path: ZnodePath, _ decode: (Bytes) throws(DecodeFailure) -> Value
    ) -> Value? {
        guard let data = facts.znodes[path]?.data else { return nil }
        do throws(DecodeFailure) { return try decode(data) } catch { return nil }
    }
}

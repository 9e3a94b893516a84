internal import Toolbox
internal import Vocabulary
internal import ZooKeeperWire

/// How to undo one change of the tree. Undone in reverse order, each finds the tree as its change
/// left it, slots and links included.
enum TreeUndo: Sendable {
    case created(slot: UInt32, parentChangedBy: Zxid)
    case deleted(Znode, slot: UInt32, wasFirst: Bool, parentChangedBy: Zxid)
    case dataSet(DataBefore, slot: UInt32)
}

/// What setting data overwrites.
struct DataBefore: Sendable {
    let data: Bytes?
    let version: Int32
    let setBy: Zxid
    let setAt: WallTime

    init(_ node: Znode) {
        data = node.data
        version = node.version
        setBy = node.setBy
        setAt = node.setAt
    }
}

extension CoordinationMachine {
    /// All or none. Each operation sees what those before it did.
    mutating func carryOut(
        _ operations: [MultiOperation], for context: WriteContext,
        into effects: inout [CoordinationEffect]
    ) -> [MultiResult] {
        let effectsBefore = effects.count
        journal = []
        defer { journal = nil }
        var results: [MultiResult] = []
        results.reserveCapacity(operations.count)
        for (index, operation) in operations.enumerated() {
            do throws(ZooKeeperError) {
                results.append(try carryOut(operation, for: context, into: &effects))
            } catch {
                rollBack()
                effects.removeLast(effects.count - effectsBefore)
                return MultiResult.failure(at: index, of: operations.count, error)
            }
        }
        return results
    }

    private mutating func rollBack() {
        #if PLANTED_FAULTS
            if plantedFault == .multiAppliesHalf { return }
        #endif
        for undo in (journal ?? []).reversed() { carryOut(undo) }
    }

    private mutating func carryOut(_ undo: TreeUndo) {
        switch undo {
        case .created(let slot, let parentChangedBy):
            let node = tree.remove(slot)
            if let session = node.kind.session { forget(slot, of: session) }
            tree[node.parent].childrenCreated &-= 1
            tree[node.parent].childrenChangedBy = parentChangedBy
        case .deleted(let node, let slot, let wasFirst, let parentChangedBy):
            tree.putBack(node, in: slot, wasFirst: wasFirst)
            if let session = node.kind.session { remember(slot, of: session) }
            tree[node.parent].childrenChangedBy = parentChangedBy
        case .dataSet(let before, let slot):
            tree.setData(before.data, in: slot)
            tree[slot].version = before.version
            tree[slot].setBy = before.setBy
            tree[slot].setAt = before.setAt
        }
    }

    /// An ephemeral node is gone.
    mutating func forget(_ slot: UInt32, of session: CoordinationSessionID) {
        sessions.update(session) { state in
            state.ephemerals.remove(slot)
            if let index = state.closing?.remaining.firstIndex(of: slot) {
                state.closing?.remaining.remove(at: index)
            }
        }
    }

    /// An ephemeral node that was deleted is there again.
    private mutating func remember(_ slot: UInt32, of session: CoordinationSessionID) {
        guard let remaining = sessions[session]?.closing?.remaining else {
            sessions.update(session) { $0.ephemerals.insert(slot) }
            return
        }
        let path = tree[slot].path
        let index = remaining.firstIndex { tree[$0].path < path } ?? remaining.count
        sessions.update(session) { $0.closing?.remaining.insert(slot, at: index) }
    }
}

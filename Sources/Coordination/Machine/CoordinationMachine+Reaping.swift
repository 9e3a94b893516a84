internal import ReplicatedState
public import Vocabulary
public import ZooKeeperWire

extension CoordinationMachine {
    /// Nodes whose time is over at `time`, for `CoordinationCommand.reap`: containers that had
    /// children and have none, and nodes without children that nobody changed for their time to
    /// live. O(containers and nodes with a time to live).
    public func reapCandidates(at time: WallTime, maximum: Int) -> [ZnodePath] {
        var paths: [ZnodePath] = []
        for slot in tree.perishable.slots where isOver(slot, at: time) {
            guard paths.count < maximum else { break }
            paths.append(tree[slot].path)
        }
        return paths
    }

    /// How many nodes it deleted.
    mutating func reap(
        _ paths: [ZnodePath], into effects: inout [CoordinationEffect]
    ) -> Int {
        var count = 0
        for path in paths.prefix(CoordinationBounds.pathsReapedPerEntryMaximum) {
            guard let slot = tree.slot(at: path), isOver(slot, at: applied.time) else { continue }
            remove(slot, by: zxid, into: &effects)
            count += 1
        }
        return count
    }

    private func isOver(_ slot: UInt32, at time: WallTime) -> Bool {
        let node = tree[slot]
        guard node.childrenCount == 0 else { return false }
        switch node.kind {
        case .persistent, .ephemeral: return false
        case .container: return node.childrenCreated != 0
        case .timeToLive(let milliseconds):
            let (age, overflows) = time.milliseconds.subtractingReportingOverflow(
                node.setAt.milliseconds)
            return overflows ? time > node.setAt : age > milliseconds
        }
    }
}

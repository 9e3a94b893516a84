import Coordination
import Toolbox
import Vocabulary
import ZooKeeperWire

// Watches: set by reads, told before anything that shows the change.
extension CoordinationServiceInstance {
    /// Tells of one change whoever watches: of the node first, then of its parent's children. Each
    /// connection hears each of the two once, whatever kinds of watches it has.
    mutating func fire(_ change: ZnodeChange) {
        let parent = change.path.parent
        let fired = watches.fire(change.kind, at: change.path, parent: parent)
        consume(fired.consumedData, .data, at: change.path)
        consume(fired.consumedChild, .child, at: change.path)
        if let parent { consume(fired.consumedParent, .child, at: parent) }
        if !fired.node.isEmpty {
            let kind: WatchEvent.Kind =
                switch change.kind {
                case .created: .nodeCreated
                case .deleted: .nodeDeleted
                case .dataChanged: .nodeDataChanged
                }
            tell(fired.node, WatchEvent(kind, at: change.path), change.zxid, change.access)
        }
        if let parent, !fired.parent.isEmpty {
            tell(
                fired.parent, WatchEvent(.nodeChildrenChanged, at: parent), change.zxid,
                change.parentAccess)
        }
    }

    /// Writes an event once, and copies it to all who may read what it is about.
    private mutating func tell(
        _ list: SlotList, _ event: WatchEvent, _ zxid: Zxid, _ access: ZnodeAccess
    ) {
        var writer = ByteWriter(reserving: 64 + event.path.bytes.count)
        writer.write(event: event, zxid: zxid)
        let bytes = writer.take()
        for slot in list.slots {
            let slot = Int(slot)
            if access != .open, !access.allows(.read, for: table[slot].identities) { continue }
            write(slot) { $0.writeRaw(bytes) }
        }
    }

    /// One-shot watches were taken out of the table: their connections forget them too.
    private mutating func consume(_ list: SlotList, _ kind: WatchKinds, at path: ZnodePath) {
        for slot in list.slots {
            #if PLANTED_FAULTS
                if plantedFault == .oneShotWatchFiresTwice {
                    watches.insert(kind, at: path, for: slot)
                    continue
                }
            #endif
            removeKind(kind, at: path, Int(slot))
        }
    }

    private mutating func removeKind(_ kind: WatchKinds, at path: ZnodePath, _ slot: Int) {
        guard var kinds = table[slot].watches[path] else { return }
        kinds.remove(kind)
        table[slot].watches[path] = kinds == .none ? nil : kinds
    }

    /// Sets a watch; setting it twice is setting it once.
    mutating func watch(_ kind: WatchKinds, at asked: ZnodePath, _ slot: Int) {
        // The empty path is the root's other name.
        let asked = asked.bytes.isEmpty ? .root : asked
        if let kinds = table[slot].watches[asked], kinds.contains(kind) { return }
        // What is kept must not keep the whole arrival alive.
        let path = asked.detached()
        table[slot].watches[path, default: .none].insert(kind)
        watches.insert(kind, at: path, for: Int32(slot))
    }

    private mutating func unwatch(_ kinds: WatchKinds, at path: ZnodePath, _ slot: Int) {
        for kind in WatchKinds.all
        where kinds.contains(kind) && table[slot].watches[path]?.contains(kind) == true {
            watches.remove(kind, at: path, for: Int32(slot))
            removeKind(kind, at: path, slot)
        }
    }

    // MARK: Requests

    mutating func add(_ request: AddWatchRequest, _ slot: Int) {
        switch request.mode {
        case .persistent: watch(.persistent, at: request.path, slot)
        case .persistentRecursive: watch(.recursive, at: request.path, slot)
        }
    }

    func check(_ request: WatchSelectionRequest, _ slot: Int) throws(ZooKeeperError) {
        guard has(request, slot) else { throw .noWatcher }
    }

    mutating func remove(
        _ request: WatchSelectionRequest, _ slot: Int
    ) throws(ZooKeeperError) {
        try check(request, slot)
        unwatch(Self.kinds(of: request.selection), at: request.path, slot)
    }

    private func has(_ request: WatchSelectionRequest, _ slot: Int) -> Bool {
        guard let kinds = table[slot].watches[request.path] else { return false }
        return !kinds.isDisjoint(with: Self.kinds(of: request.selection))
    }

    private static func kinds(of selection: WatchSelection) -> WatchKinds {
        switch selection {
        case .children: .child
        case .data: .data
        case .any: [.data, .child, .persistent, .recursive]
        case .persistent: .persistent
        case .persistentRecursive: .recursive
        }
    }

    /// A client that connected again says what it watched: what changed since is told at once.
    ///
    /// Source: Apache ZooKeeper, DataTree.setWatches.
    mutating func setAgain(
        _ set: SetWatchesRequest, _ slot: Int, _ machine: CoordinationMachine
    ) {
        for path in set.data {
            switch missed(machine, path, since: set.relativeZxid, of: \.mzxid) {
            case .gone: tell(.nodeDeleted, path, slot)
            case .changed: tell(.nodeDataChanged, path, slot)
            case .nothing: watch(.data, at: path, slot)
            }
        }
        for path in set.exist {
            switch missed(machine, path, since: set.relativeZxid, of: \.mzxid) {
            case .gone: watch(.data, at: path, slot)
            case .changed, .nothing: tell(.nodeCreated, path, slot)
            }
        }
        for path in set.child {
            switch missed(machine, path, since: set.relativeZxid, of: \.pzxid) {
            case .gone: tell(.nodeDeleted, path, slot)
            case .changed: tell(.nodeChildrenChanged, path, slot)
            case .nothing: watch(.child, at: path, slot)
            }
        }
        for path in set.persistent { watch(.persistent, at: path, slot) }
        for path in set.persistentRecursive { watch(.recursive, at: path, slot) }
    }

    private enum Missed {
        case gone
        case changed
        case nothing
    }

    private func missed(
        _ machine: CoordinationMachine, _ path: ZnodePath, since zxid: Zxid,
        of change: KeyPath<NodeStat, Zxid>
    ) -> Missed {
        do throws(ZooKeeperError) {
            // The client had the right to set the watch; what it is told is no more than that.
            let stat = try machine.stat(at: path, for: Self.superuser)
            return stat[keyPath: change] > zxid ? .changed : .nothing
        } catch {
            return .gone
        }
    }

    static let superuser = [AccessIdentity(scheme: "super", id: Bytes())]

    private mutating func tell(_ kind: WatchEvent.Kind, _ path: ZnodePath, _ slot: Int) {
        let zxid = zxid
        write(slot) { $0.write(event: WatchEvent(kind, at: path), zxid: zxid) }
    }
}

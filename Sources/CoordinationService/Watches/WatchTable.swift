import Coordination
import Toolbox
import ZooKeeperWire

/// Which connections of this node watch which paths.
///
/// A path may be watched whether or not there is a node. The dictionary is for look-up only; what
/// is listed is sorted.
struct WatchTable: Sendable {
    private struct Watchers: Sendable {
        var data = SlotList()
        var child = SlotList()
        var persistent = SlotList()
        var recursive = SlotList()

        var isEmpty: Bool {
            data.isEmpty && child.isEmpty && persistent.isEmpty && recursive.isEmpty
        }

        subscript(kind: WatchKinds) -> SlotList {
            get {
                switch kind {
                case .data: data
                case .child: child
                case .persistent: persistent
                default: recursive
                }
            }
            set {
                switch kind {
                case .data: data = newValue
                case .child: child = newValue
                case .persistent: persistent = newValue
                default: recursive = newValue
                }
            }
        }
    }

    private var watchers: [ZnodePath: Watchers] = [:]
    /// Paths with a recursive watch: while there are none, nobody looks at ancestors.
    private var recursiveCount = 0
    /// Watches of all connections, each kind for itself.
    private(set) var count = 0

    var pathsCount: Int { watchers.count }
    var isEmpty: Bool { watchers.isEmpty }

    /// - Precondition: the connection has no such watch there.
    mutating func insert(_ kind: WatchKinds, at path: ZnodePath, for slot: Int32) {
        let wasRecursive = kind == .recursive && watchers[path]?.recursive.isEmpty == false
        switch kind {
        case .data: watchers[path, default: Watchers()].data.insert(slot)
        case .child: watchers[path, default: Watchers()].child.insert(slot)
        case .persistent: watchers[path, default: Watchers()].persistent.insert(slot)
        default: watchers[path, default: Watchers()].recursive.insert(slot)
        }
        count += 1
        if kind == .recursive, !wasRecursive { recursiveCount += 1 }
    }

    /// - Precondition: the connection has such a watch there.
    mutating func remove(_ kind: WatchKinds, at path: ZnodePath, for slot: Int32) {
        guard var found = watchers.removeValue(forKey: path) else { return }
        found[kind].remove(slot)
        count -= 1
        if kind == .recursive, found.recursive.isEmpty { recursiveCount -= 1 }
        if !found.isEmpty { watchers[path] = found }
    }

    /// What a change sets off.
    struct Fired {
        /// Who hears of the node itself.
        var node = SlotList()
        /// One-shot watches on it that are gone now.
        var consumedData = SlotList()
        var consumedChild = SlotList()
        /// Who hears that the parent's children changed.
        var parent = SlotList()
        var consumedParent = SlotList()
    }

    /// Takes out the one-shot watches that `change` sets off, and says who is to be told.
    mutating func fire(_ kind: ZnodeChange.Kind, at path: ZnodePath, parent: ZnodePath?) -> Fired {
        var fired = Fired()
        fireNode(kind, at: path, into: &fired)
        if recursiveCount > 0 {
            var above: ZnodePath? = path
            while let ancestor = above {
                if let found = watchers[ancestor] { fired.node.formUnion(found.recursive) }
                above = ancestor.parent
            }
        }
        if kind != .dataChanged, let parent { fireParent(parent, into: &fired) }
        return fired
    }

    private mutating func fireNode(
        _ kind: ZnodeChange.Kind, at path: ZnodePath, into fired: inout Fired
    ) {
        guard var found = watchers.removeValue(forKey: path) else { return }
        fired.consumedData = found.data.take()
        if kind == .deleted { fired.consumedChild = found.child.take() }
        fired.node = fired.consumedData
        fired.node.formUnion(fired.consumedChild)
        fired.node.formUnion(found.persistent)
        count -= fired.consumedData.slots.count + fired.consumedChild.slots.count
        if !found.isEmpty { watchers[path] = found }
    }

    private mutating func fireParent(_ parent: ZnodePath, into fired: inout Fired) {
        guard var found = watchers.removeValue(forKey: parent) else { return }
        fired.consumedParent = found.child.take()
        fired.parent = fired.consumedParent
        fired.parent.formUnion(found.persistent)
        count -= fired.consumedParent.slots.count
        if !found.isEmpty { watchers[parent] = found }
    }

    /// All watched paths with their watchers, by path: for `wchp`.
    var listed: [(path: ZnodePath, slots: [Int32])] {
        watchers.keys.sorted().map { path in
            var slots = SlotList()
            if let found = watchers[path] {
                for kind in WatchKinds.all { slots.formUnion(found[kind]) }
            }
            return (path, slots.slots)
        }
    }
}

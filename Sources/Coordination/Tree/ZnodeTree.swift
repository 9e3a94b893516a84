internal import Toolbox
internal import Vocabulary
internal import ZooKeeperWire

/// The nodes by slot, each linked to its parent, its siblings and its first child, and found by its
/// path. It keeps the shape; who may change what is the machine's.
///
/// A copy of `nodes` costs a reference, and a change after that one chunk: so a snapshot stands
/// still while the tree goes on.
struct ZnodeTree: Sendable {
    static let root: UInt32 = 0

    private(set) var nodes = ChunkedArray<Znode>()
    private var vacantSlots: [UInt32] = []
    private var index = PathIndex()
    private(set) var count = 0
    /// Of all paths and data.
    private(set) var contentBytes = 0
    private(set) var ephemeralsCount = 0
    /// Containers and nodes with a time to live.
    private(set) var perishable = SlotSet()

    /// The nodes that are always there.
    init() {
        let paths: [ZnodePath] = ["/", "/zookeeper", "/zookeeper/config", "/zookeeper/quota"]
        for path in paths {
            let parent = path.parent.flatMap { slot(at: $0) }
            let access =
                path == ReservedPaths.configuration
                ? ZnodeAccess([AccessEntry(permissions: .read, identity: .anyone)]) : .open
            let node = Znode(
                path: path, data: Bytes(), access: access, kind: .persistent, by: .zero,
                at: WallTime(milliseconds: 0))
            insert(node, under: parent ?? Znode.none)
        }
    }

    /// Nothing, not even a root: for restoring.
    static var empty: ZnodeTree {
        var tree = ZnodeTree()
        tree.nodes = ChunkedArray()
        tree.index = PathIndex()
        tree.count = 0
        tree.contentBytes = 0
        return tree
    }

    @inline(__always)
    subscript(slot: UInt32) -> Znode {
        _read { yield nodes[Int(slot)] }
        _modify { yield &nodes[Int(slot)] }
    }

    func slot(at path: ZnodePath) -> UInt32? { slot(at: path, hash: PathIndex.hash(path.bytes)) }

    func slot(at path: ZnodePath, hash: UInt64) -> UInt32? {
        index.slot(of: hash) { nodes[Int($0)].path.bytes.isSame(as: path.bytes) }
    }

    /// The slots of the children, in the order of their creation.
    func children(of slot: UInt32) -> [UInt32] {
        var children: [UInt32] = []
        children.reserveCapacity(Int(self[slot].childrenCount))
        let first = self[slot].firstChild
        var child = first
        while child != Znode.none {
            children.append(child)
            child = self[child].next
            if child == first { break }
        }
        return children
    }

    /// How many nodes lie below.
    func descendantsCount(of slot: UInt32) -> Int {
        var count = 0
        var open = children(of: slot)
        while let next = open.popLast() {
            count += 1
            if self[next].childrenCount > 0 { open.append(contentsOf: children(of: next)) }
        }
        return count
    }

    // MARK: Changing

    /// Puts a node in as the last child of `parent`, whose own counters stay as they are but for
    /// its number of children.
    @discardableResult
    mutating func insert(_ node: Znode, under parent: UInt32, hash: UInt64? = nil) -> UInt32 {
        let slot: UInt32
        if let vacant = vacantSlots.popLast() {
            slot = vacant
            self[slot] = node
        } else {
            slot = UInt32(nodes.count)
            nodes.append(node)
        }
        self[slot].parent = parent
        if parent != Znode.none { link(slot, before: self[parent].firstChild) }
        note(node, in: slot, hash: hash ?? PathIndex.hash(node.path.bytes))
        return slot
    }

    /// Takes a node out that has no children; its parent's counters stay, but for the number.
    @discardableResult
    mutating func remove(_ slot: UInt32) -> Znode {
        let node = self[slot]
        invariant(node.childrenCount == 0, "\(node.path) removed with children")
        let first = self[node.parent].firstChild
        if node.next == slot {
            self[node.parent].firstChild = Znode.none
        } else {
            self[node.previous].next = node.next
            self[node.next].previous = node.previous
            if first == slot { self[node.parent].firstChild = node.next }
        }
        self[node.parent].childrenCount -= 1
        count -= 1
        contentBytes -= node.contentBytes
        if node.kind.session != nil { ephemeralsCount -= 1 }
        if node.kind.isPerishable { perishable.remove(slot) }
        index.remove(slot, hash: PathIndex.hash(node.path.bytes))
        self[slot] = .vacant
        vacantSlots.append(slot)
        return node
    }

    /// Undoes the last `remove`, to the place among its siblings.
    mutating func putBack(_ node: Znode, in slot: UInt32, wasFirst: Bool) {
        let vacant = vacantSlots.popLast()
        invariant(vacant == slot, "\(node.path) put back out of order")
        self[slot] = node
        let parent = node.parent
        if node.next == slot {
            self[slot].next = Znode.none
            link(slot, before: Znode.none)
        } else {
            link(slot, before: node.next)
        }
        if wasFirst { self[parent].firstChild = slot }
        note(node, in: slot, hash: PathIndex.hash(node.path.bytes))
    }

    mutating func setData(_ data: Bytes?, in slot: UInt32) {
        contentBytes += (data?.count ?? 0) - (self[slot].data?.count ?? 0)
        self[slot].data = data
    }

    private mutating func note(_ node: Znode, in slot: UInt32, hash: UInt64) {
        index.insert(slot, hash: hash)
        count += 1
        contentBytes += node.contentBytes
        if node.kind.session != nil { ephemeralsCount += 1 }
        if node.kind.isPerishable { perishable.insert(slot) }
    }

    /// Into the ring before `other`; before the first child is behind the last. Alone if `none`.
    private mutating func link(_ slot: UInt32, before other: UInt32) {
        let parent = self[slot].parent
        if other == Znode.none {
            self[slot].next = slot
            self[slot].previous = slot
            self[parent].firstChild = slot
        } else {
            let previous = self[other].previous
            self[slot].previous = previous
            self[slot].next = other
            self[previous].next = slot
            self[other].previous = slot
        }
        self[parent].childrenCount += 1
    }
}

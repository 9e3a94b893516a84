internal import Toolbox
internal import Vocabulary
internal import ZooKeeperWire

/// How long a node lives.
enum ZnodeKind: Hashable, Sendable {
    case persistent
    /// As long as the session.
    case ephemeral(CoordinationSessionID)
    /// Until it has had children and the last is gone.
    case container
    /// Until it had neither a child nor a change for so long.
    case timeToLive(milliseconds: Int64)

    /// Whether it goes by itself, without a session's end.
    var isPerishable: Bool {
        switch self {
        case .container, .timeToLive: true
        case .persistent, .ephemeral: false
        }
    }

    var session: CoordinationSessionID? {
        if case .ephemeral(let session) = self { session } else { nil }
    }
}

/// One node of the tree, and its place among its siblings.
///
/// Siblings stand in a ring in the order of their creation, so that a parent with a hundred
/// thousand children is as quick to change as one with two.
struct Znode: Sendable {
    /// No slot: of the root's parent, of the first child where there are none.
    static let none = UInt32.max

    var path: ZnodePath
    var data: Bytes?
    var access: ZnodeAccess
    var kind: ZnodeKind
    /// `czxid`, `mzxid`, `pzxid` of the protocol.
    var createdBy: Zxid
    var setBy: Zxid
    var childrenChangedBy: Zxid
    var createdAt: WallTime
    var setAt: WallTime
    var version: Int32 = 0
    var accessVersion: Int32 = 0
    /// Children that were ever created; numbers sequential names. Wraps as ZooKeeper's does.
    var childrenCreated: Int32 = 0
    var childrenCount: Int32 = 0
    var parent = Znode.none
    var firstChild = Znode.none
    var next = Znode.none
    var previous = Znode.none

    init(
        path: ZnodePath, data: Bytes?, access: ZnodeAccess, kind: ZnodeKind, by zxid: Zxid,
        at time: WallTime
    ) {
        self.path = path
        self.data = data
        self.access = access
        self.kind = kind
        createdBy = zxid
        setBy = zxid
        childrenChangedBy = zxid
        createdAt = time
        setAt = time
    }

    /// What stands in a free slot.
    static let vacant = Znode(
        path: ZnodePath(Bytes()), data: nil, access: .open, kind: .persistent, by: .zero,
        at: WallTime(milliseconds: 0))

    /// As clients see it: containers and nodes with a time to live look persistent.
    var stat: NodeStat {
        NodeStat(
            czxid: createdBy, mzxid: setBy, ctime: createdAt, mtime: setAt, version: version,
            cversion: childrenCreated &* 2 &- childrenCount, aversion: accessVersion,
            ephemeralOwner: kind.session ?? .none, dataLength: Int32(data?.count ?? 0),
            numChildren: childrenCount, pzxid: childrenChangedBy)
    }

    /// Bytes that the path and the data take.
    var contentBytes: Int { path.bytes.count + (data?.count ?? 0) }

    /// The version after `version`: -1 means any version in requests, so it is left out.
    static func version(after version: Int32) -> Int32 {
        let next = version &+ 1
        return next == -1 ? 0 : next
    }
}

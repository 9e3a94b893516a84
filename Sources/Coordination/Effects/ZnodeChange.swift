public import ZooKeeperWire

/// One change of one node. A parent's watchers learn of its children from here, too.
public struct ZnodeChange: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case created
        case deleted
        case dataChanged
    }

    public let kind: Kind
    public let path: ZnodePath
    /// The change; shared by all of a multi and by all nodes of a closed session.
    public let zxid: Zxid
    /// Who may read the node: of a deleted one, who might. Others are not told.
    public let access: ZnodeAccess
    /// Who may read the parent's children.
    public let parentAccess: ZnodeAccess

    public init(
        _ kind: Kind, at path: ZnodePath, by zxid: Zxid, access: ZnodeAccess,
        parentAccess: ZnodeAccess
    ) {
        self.kind = kind
        self.path = path
        self.zxid = zxid
        self.access = access
        self.parentAccess = parentAccess
    }
}

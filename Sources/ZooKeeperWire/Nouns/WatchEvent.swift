/// What happened to a node that somebody watches.
public struct WatchEvent: Hashable, Sendable {
    /// As the protocol numbers those that servers send.
    public enum Kind: Int32, Hashable, Sendable, CaseIterable {
        case nodeCreated = 1
        case nodeDeleted = 2
        case nodeDataChanged = 3
        /// A child was created or deleted.
        case nodeChildrenChanged = 4
    }

    public var kind: Kind
    public var path: ZnodePath

    public init(_ kind: Kind, at path: ZnodePath) {
        self.kind = kind
        self.path = path
    }
}

/// A watch that stays until it is removed.
public enum WatchMode: Int32, Hashable, Sendable, CaseIterable {
    case persistent = 0
    /// Of the node and all below it.
    case persistentRecursive = 1
}

/// Which watches on a path to look for or to remove.
public enum WatchSelection: Int32, Hashable, Sendable, CaseIterable {
    case children = 1
    case data = 2
    case any = 3
    case persistent = 4
    case persistentRecursive = 5
}

internal import Toolbox
public import ZooKeeperWire

/// Who may do what with a node.
public enum ZnodeAccess: Hashable, Sendable {
    /// Everybody may do everything: the ACL of most nodes.
    case open
    case listed([AccessEntry])

    /// - Precondition: not empty; the entries keep their buffers.
    init(_ entries: [AccessEntry]) {
        self = entries == AccessEntry.openToAll ? .open : .listed(entries)
    }

    public var entries: [AccessEntry] {
        switch self {
        case .open: AccessEntry.openToAll
        case .listed(let entries): entries
        }
    }

    /// Whether one of `identities`, or everybody, has one of `permissions`.
    ///
    /// An identity of the scheme `super` may do everything. Those of `ip` are addresses, and an
    /// entry's may be a block of them; all other schemes compare as bytes.
    public func allows(
        _ permissions: Permissions, for identities: [AccessIdentity]
    ) -> Bool {
        guard case .listed(let entries) = self else { return true }
        if identities.contains(where: { $0.scheme == AccessScheme.superuser }) { return true }
        for entry in entries where !entry.permissions.isDisjoint(with: permissions) {
            if entry.identity == .anyone { return true }
            for identity in identities where identity.scheme == entry.identity.scheme {
                if Self.matches(identity.id, entry.identity) { return true }
            }
        }
        return false
    }

    private static func matches(_ id: Bytes, _ allowed: AccessIdentity) -> Bool {
        guard allowed.scheme == AccessScheme.address else { return id == allowed.id }
        guard let block = AddressBlock(allowed.id), let address = AddressBlock(id) else {
            return false
        }
        return block.contains(address)
    }
}

/// The schemes that mean something here.
enum AccessScheme {
    static let world: Bytes = "world"
    static let session: Bytes = "auth"
    static let digest: Bytes = "digest"
    static let address: Bytes = "ip"
    static let sasl: Bytes = "sasl"
    static let superuser: Bytes = "super"
    static let cluster: Bytes = "rookery"
}

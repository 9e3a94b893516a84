internal import Toolbox
internal import ZooKeeperWire

extension ZnodeAccess {
    /// The ACL that a create or setACL asks for, as it is kept: checked, `auth` replaced by who
    /// asks, without repetitions, in buffers of its own.
    ///
    /// Source: Apache ZooKeeper, PrepRequestProcessor.fixupACL.
    static func asked(
        _ entries: [AccessEntry], by identities: [AccessIdentity]
    ) throws(ZooKeeperError) -> ZnodeAccess {
        if entries.count == 1, entries[0].permissions == .all, entries[0].identity == .anyone {
            return .open
        }
        guard !entries.isEmpty else { throw .invalidACL }
        var kept: [AccessEntry] = []
        var seen = Set<AccessEntry>()
        for entry in entries {
            for fixed in try fixed(entry, by: identities) where seen.insert(fixed).inserted {
                kept.append(fixed.detached())
            }
        }
        return ZnodeAccess(kept)
    }

    private static func fixed(
        _ entry: AccessEntry, by identities: [AccessIdentity]
    ) throws(ZooKeeperError) -> [AccessEntry] {
        let identity = entry.identity
        switch identity.scheme {
        case AccessScheme.world where identity.id == AccessIdentity.anyone.id: return [entry]
        case AccessScheme.session:
            // An address proves nothing, so it does not count.
            let proved = identities.filter {
                $0.scheme == AccessScheme.digest || $0.scheme == AccessScheme.sasl
            }
            guard !proved.isEmpty else { throw .invalidACL }
            return proved.map { AccessEntry(permissions: entry.permissions, identity: $0) }
        case AccessScheme.digest where identity.id.count(of: UInt8(ascii: ":")) == 1:
            return [entry]
        case AccessScheme.address where AddressBlock(identity.id) != nil: return [entry]
        case AccessScheme.sasl where !identity.id.isEmpty: return [entry]
        case AccessScheme.cluster
        where identities.contains { $0.scheme == AccessScheme.cluster }:
            return [entry]
        default: throw .invalidACL
        }
    }

    /// As shown to those who may not change it: without the hashes of passwords.
    var masked: [AccessEntry] {
        entries.map { entry in
            guard entry.identity.scheme == AccessScheme.digest else { return entry }
            var masked = entry
            let id = entry.identity.id
            let colon = (0..<id.count).first { id[$0] == UInt8(ascii: ":") } ?? id.count
            masked.identity.id = Bytes(id.slice(0..<colon).array + Array(":x".utf8))
            return masked
        }
    }
}

extension Bytes {
    func count(of byte: UInt8) -> Int {
        withUnsafeBytes { bytes in bytes.reduce(0) { $1 == byte ? $0 + 1 : $0 } }
    }
}

public import Toolbox

/// What an ACL entry allows. Creating and deleting are rights on the parent.
public struct Permissions: OptionSet, Hashable, Sendable {
    /// Bits beyond `all` are kept as they came.
    public let rawValue: Int32

    @inlinable public init(rawValue: Int32) { self.rawValue = rawValue }

    public static let read = Permissions(rawValue: 1)
    public static let write = Permissions(rawValue: 2)
    public static let create = Permissions(rawValue: 4)
    public static let delete = Permissions(rawValue: 8)
    public static let admin = Permissions(rawValue: 16)
    public static let all = Permissions(rawValue: 31)
}

/// Who: a scheme such as `digest`, and an id in that scheme. Compared as bytes.
public struct AccessIdentity: Hashable, Sendable, Comparable {
    public var scheme: Bytes
    public var id: Bytes

    public init(scheme: Bytes, id: Bytes) {
        self.scheme = scheme
        self.id = id
    }

    /// Everybody, proved or not.
    public static let anyone = AccessIdentity(scheme: "world", id: "anyone")

    public static func < (left: Self, right: Self) -> Bool {
        left.scheme == right.scheme ? left.id < right.id : left.scheme < right.scheme
    }

    /// The same in buffers of its own, for keeping long.
    public func detached() -> AccessIdentity {
        AccessIdentity(scheme: scheme.detached(), id: id.detached())
    }

    static let encodedBytesMinimum = 8
}

extension AccessIdentity: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.writeJute(scheme)
        writer.writeJute(id)
    }

    /// Null texts are read as empty ones: no scheme has that name.
    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        scheme = try reader.readJuteText()
        id = try reader.readJuteText()
    }
}

/// One line of an ACL: who may do what.
public struct AccessEntry: Hashable, Sendable {
    public var permissions: Permissions
    public var identity: AccessIdentity

    public init(permissions: Permissions, identity: AccessIdentity) {
        self.permissions = permissions
        self.identity = identity
    }

    /// The ACL of most nodes: everybody may do everything. Decoding gives this very array for those
    /// bytes, so that such an ACL costs no memory.
    public static let openToAll = [AccessEntry(permissions: .all, identity: .anyone)]

    /// The same in buffers of its own, for keeping long.
    public func detached() -> AccessEntry {
        AccessEntry(permissions: permissions, identity: identity.detached())
    }

    static let encodedBytesMinimum = 12
}

extension AccessEntry: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.writeBigEndian(permissions.rawValue)
        identity.encode(into: &writer)
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        permissions = Permissions(rawValue: try reader.readJuteInt())
        identity = try AccessIdentity(from: &reader)
    }
}

extension ByteReader {
    /// A vector of entries; null is none.
    mutating func readAccessList() throws(DecodeFailure) -> [AccessEntry] {
        let count = try readJuteCount(elementBytesMinimum: AccessEntry.encodedBytesMinimum)
        guard count > 0 else { return [] }
        if count == 1, try skipOpenEntry() { return AccessEntry.openToAll }
        var entries: [AccessEntry] = []
        entries.reserveCapacity(Swift.min(count, 256))
        for _ in 0..<count { entries.append(try AccessEntry(from: &self)) }
        return entries
    }

    /// Goes past the entry of `openToAll` if that comes next, which it nearly always does.
    private mutating func skipOpenEntry() throws(DecodeFailure) -> Bool {
        let bytesCount = 23
        guard left >= bytesCount else { return false }
        var ahead = self
        let isOpen = try ahead.readRaw(bytesCount).withUnsafeBytes { entry in
            // 31, 5, "world", 6, "anyone"; the last word overlaps the one before.
            entry.long(at: 0) == 0x0000_001F_0000_0005
                && entry.long(at: 8) == 0x776F_726C_6400_0000
                && entry.long(at: 15) == 0x0006_616E_796F_6E65
        }
        if isOpen { self = ahead }
        return isOpen
    }
}

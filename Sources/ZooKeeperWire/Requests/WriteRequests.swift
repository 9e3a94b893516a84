public import Toolbox

/// Asks that a node without children go.
public struct DeleteRequest: Hashable, Sendable, ByteCodable {
    public var path: ZnodePath
    /// Of the data, as it must be; -1 for any.
    public var version: Int32

    public init(path: ZnodePath, version: Int32 = -1) {
        self.path = path
        self.version = version
    }

    public func encode(into writer: inout ByteWriter) {
        path.encode(into: &writer)
        writer.writeBigEndian(version)
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        path = try ZnodePath(from: &reader)
        version = try reader.readJuteInt()
    }
}

/// Asks, within a multi, that a node be of a version.
public struct CheckRequest: Hashable, Sendable, ByteCodable {
    public var path: ZnodePath
    /// Of the data, as it must be; -1 for any.
    public var version: Int32

    public init(path: ZnodePath, version: Int32 = -1) {
        self.path = path
        self.version = version
    }

    public func encode(into writer: inout ByteWriter) {
        path.encode(into: &writer)
        writer.writeBigEndian(version)
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        path = try ZnodePath(from: &reader)
        version = try reader.readJuteInt()
    }
}

/// Asks for new data in a node.
public struct SetDataRequest: Hashable, Sendable, ByteCodable {
    public var path: ZnodePath
    /// Null and empty are two things.
    public var data: Bytes?
    /// Of the data, as it must be; -1 for any.
    public var version: Int32

    public init(path: ZnodePath, data: Bytes?, version: Int32 = -1) {
        self.path = path
        self.data = data
        self.version = version
    }

    public func encode(into writer: inout ByteWriter) {
        path.encode(into: &writer)
        writer.writeJute(optional: data)
        writer.writeBigEndian(version)
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        path = try ZnodePath(from: &reader)
        data = try reader.readJuteOptional()
        version = try reader.readJuteInt()
    }
}

/// Asks for a new ACL on a node.
public struct SetACLRequest: Hashable, Sendable, ByteCodable {
    public var path: ZnodePath
    /// Null is read as empty.
    public var access: [AccessEntry]
    /// Of the ACL (`aversion`), as it must be; -1 for any.
    public var version: Int32

    public init(path: ZnodePath, access: [AccessEntry], version: Int32 = -1) {
        self.path = path
        self.access = access
        self.version = version
    }

    public func encode(into writer: inout ByteWriter) {
        path.encode(into: &writer)
        writer.writeJute(vector: access)
        writer.writeBigEndian(version)
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        path = try ZnodePath(from: &reader)
        access = try reader.readAccessList()
        version = try reader.readJuteInt()
    }
}

/// Asks for other servers in the ensemble.
public struct ReconfigRequest: Hashable, Sendable, ByteCodable {
    public var joining: Bytes?
    public var leaving: Bytes?
    public var newMembers: Bytes?
    /// The configuration as it must be; -1 for any.
    public var currentConfigID: Int64

    public init(
        joining: Bytes?, leaving: Bytes?, newMembers: Bytes?, currentConfigID: Int64 = -1
    ) {
        self.joining = joining
        self.leaving = leaving
        self.newMembers = newMembers
        self.currentConfigID = currentConfigID
    }

    public func encode(into writer: inout ByteWriter) {
        writer.writeJute(optional: joining)
        writer.writeJute(optional: leaving)
        writer.writeJute(optional: newMembers)
        writer.writeBigEndian(currentConfigID)
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        joining = try reader.readJuteOptional()
        leaving = try reader.readJuteOptional()
        newMembers = try reader.readJuteOptional()
        currentConfigID = try reader.readJuteLong()
    }
}

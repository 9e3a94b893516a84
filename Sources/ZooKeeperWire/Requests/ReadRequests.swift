public import Toolbox

/// Asks for something of one node, and perhaps to be told when that changes.
public struct ReadRequest: Hashable, Sendable, ByteCodable {
    public var path: ZnodePath
    /// Whether the read leaves a one-shot watch.
    public var setsWatch: Bool

    public init(path: ZnodePath, setsWatch: Bool = false) {
        self.path = path
        self.setsWatch = setsWatch
    }

    public func encode(into writer: inout ByteWriter) {
        path.encode(into: &writer)
        writer.write(setsWatch)
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        path = try ZnodePath(from: &reader)
        setsWatch = try reader.readJuteBool()
    }
}

/// Proves an identity for the rest of the connection.
public struct AuthenticationRequest: Hashable, Sendable, ByteCodable {
    /// 0; what else comes is kept and means nothing.
    public var type: Int32
    public var scheme: Bytes
    /// Such as `user:password`. Null and empty prove the same.
    public var credentials: Bytes

    public init(scheme: Bytes, credentials: Bytes, type: Int32 = 0) {
        self.type = type
        self.scheme = scheme
        self.credentials = credentials
    }

    public func encode(into writer: inout ByteWriter) {
        writer.writeBigEndian(type)
        writer.writeJute(scheme)
        writer.writeJute(credentials)
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        type = try reader.readJuteInt()
        scheme = try reader.readJuteRequired("scheme")
        credentials = try reader.readJuteText()
    }
}

/// Sets a watch that stays.
public struct AddWatchRequest: Hashable, Sendable, ByteCodable {
    public var path: ZnodePath
    public var mode: WatchMode

    public init(path: ZnodePath, mode: WatchMode) {
        self.path = path
        self.mode = mode
    }

    public func encode(into writer: inout ByteWriter) {
        path.encode(into: &writer)
        writer.writeBigEndian(mode.rawValue)
    }

    /// An unknown mode is malformed, as for ZooKeeper.
    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        path = try ZnodePath(from: &reader)
        let raw = try reader.readJuteInt()
        guard let mode = WatchMode(rawValue: raw) else {
            throw .invalid(what: "watch mode \(raw)", offset: reader.offset - 4)
        }
        self.mode = mode
    }
}

/// Names watches of one path, to ask for them or to remove them.
public struct WatchSelectionRequest: Hashable, Sendable, ByteCodable {
    public var path: ZnodePath
    public var selection: WatchSelection

    public init(path: ZnodePath, selection: WatchSelection) {
        self.path = path
        self.selection = selection
    }

    public func encode(into writer: inout ByteWriter) {
        path.encode(into: &writer)
        writer.writeBigEndian(selection.rawValue)
    }

    /// An unknown selection is malformed, as for ZooKeeper.
    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        path = try ZnodePath(from: &reader)
        let raw = try reader.readJuteInt()
        guard let selection = WatchSelection(rawValue: raw) else {
            throw .invalid(what: "watch selection \(raw)", offset: reader.offset - 4)
        }
        self.selection = selection
    }
}

/// The watches of a client that has come back, and what it saw last.
public struct SetWatchesRequest: Hashable, Sendable {
    /// What changed behind this is told at once.
    public var relativeZxid: Zxid
    public var data: [ZnodePath]
    /// On nodes that were not there.
    public var exist: [ZnodePath]
    public var child: [ZnodePath]
    /// Only sent by setWatches2.
    public var persistent: [ZnodePath]
    public var persistentRecursive: [ZnodePath]

    public init(
        relativeZxid: Zxid, data: [ZnodePath] = [], exist: [ZnodePath] = [],
        child: [ZnodePath] = [], persistent: [ZnodePath] = [],
        persistentRecursive: [ZnodePath] = []
    ) {
        self.relativeZxid = relativeZxid
        self.data = data
        self.exist = exist
        self.child = child
        self.persistent = persistent
        self.persistentRecursive = persistentRecursive
    }
}

// setWatches sends three lists, setWatches2 two more.
extension SetWatchesRequest {
    func encode(into writer: inout ByteWriter) {
        writer.writeBigEndian(relativeZxid.rawValue)
        writer.writeJute(vector: data)
        writer.writeJute(vector: exist)
        writer.writeJute(vector: child)
    }

    func encodeAll(into writer: inout ByteWriter) {
        encode(into: &writer)
        writer.writeJute(vector: persistent)
        writer.writeJute(vector: persistentRecursive)
    }

    init(from reader: inout ByteReader) throws(DecodeFailure) {
        relativeZxid = Zxid(try reader.readJuteLong())
        data = try reader.readPaths()
        exist = try reader.readPaths()
        child = try reader.readPaths()
        persistent = []
        persistentRecursive = []
    }

    init(allFrom reader: inout ByteReader) throws(DecodeFailure) {
        try self.init(from: &reader)
        persistent = try reader.readPaths()
        persistentRecursive = try reader.readPaths()
    }
}

extension ByteReader {
    mutating func readPaths() throws(DecodeFailure) -> [ZnodePath] {
        try readJuteVector(elementBytesMinimum: ZnodePath.encodedBytesMinimum)
    }
}

public import Toolbox
public import Vocabulary

/// What the protocol tells of a node beside its data: 68 bytes, under the protocol's own names.
///
/// Source: Apache ZooKeeper, zookeeper.jute, Stat.
public struct NodeStat: Hashable, Sendable {
    /// The change that created the node.
    public var czxid: Zxid
    /// The change that last set its data.
    public var mzxid: Zxid
    /// When it was created.
    public var ctime: WallTime
    /// When its data was last set.
    public var mtime: WallTime
    /// How often its data was set.
    public var version: Int32
    /// How many children were created and deleted, together.
    public var cversion: Int32
    /// How often its ACL was set.
    public var aversion: Int32
    /// The session that it lives and dies with; `none` for all other nodes.
    public var ephemeralOwner: CoordinationSessionID
    /// Bytes of data; 0 for null.
    public var dataLength: Int32
    /// Direct children.
    public var numChildren: Int32
    /// The change that last created or deleted a child, or the node itself.
    public var pzxid: Zxid

    public static let encodedBytes = 68

    public init(
        czxid: Zxid, mzxid: Zxid, ctime: WallTime, mtime: WallTime, version: Int32 = 0,
        cversion: Int32 = 0, aversion: Int32 = 0, ephemeralOwner: CoordinationSessionID = .none,
        dataLength: Int32 = 0, numChildren: Int32 = 0, pzxid: Zxid
    ) {
        self.czxid = czxid
        self.mzxid = mzxid
        self.ctime = ctime
        self.mtime = mtime
        self.version = version
        self.cversion = cversion
        self.aversion = aversion
        self.ephemeralOwner = ephemeralOwner
        self.dataLength = dataLength
        self.numChildren = numChildren
        self.pzxid = pzxid
    }
}

extension NodeStat: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.writeBlock(bytes: Self.encodedBytes) { block in
            block.store(bigEndian: czxid.rawValue, at: 0)
            block.store(bigEndian: mzxid.rawValue, at: 8)
            block.store(bigEndian: ctime.milliseconds, at: 16)
            block.store(bigEndian: mtime.milliseconds, at: 24)
            block.store(bigEndian: version, at: 32)
            block.store(bigEndian: cversion, at: 36)
            block.store(bigEndian: aversion, at: 40)
            block.store(bigEndian: ephemeralOwner.rawValue, at: 44)
            block.store(bigEndian: dataLength, at: 52)
            block.store(bigEndian: numChildren, at: 56)
            block.store(bigEndian: pzxid.rawValue, at: 60)
        }
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        self = try reader.readRaw(Self.encodedBytes).withUnsafeBytes { NodeStat(block: $0) }
    }

    private init(block: UnsafeRawBufferPointer) {
        czxid = Zxid(block.long(at: 0))
        mzxid = Zxid(block.long(at: 8))
        ctime = WallTime(milliseconds: block.long(at: 16))
        mtime = WallTime(milliseconds: block.long(at: 24))
        version = block.int(at: 32)
        cversion = block.int(at: 36)
        aversion = block.int(at: 40)
        ephemeralOwner = CoordinationSessionID(block.long(at: 44))
        dataLength = block.int(at: 52)
        numChildren = block.int(at: 56)
        pzxid = Zxid(block.long(at: 60))
    }
}

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
        writer.writeBigEndian(czxid.rawValue)
        writer.writeBigEndian(mzxid.rawValue)
        writer.writeBigEndian(ctime.milliseconds)
        writer.writeBigEndian(mtime.milliseconds)
        writer.writeBigEndian(version)
        writer.writeBigEndian(cversion)
        writer.writeBigEndian(aversion)
        writer.writeBigEndian(ephemeralOwner.rawValue)
        writer.writeBigEndian(dataLength)
        writer.writeBigEndian(numChildren)
        writer.writeBigEndian(pzxid.rawValue)
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        czxid = Zxid(try reader.readJuteLong())
        mzxid = Zxid(try reader.readJuteLong())
        ctime = WallTime(milliseconds: try reader.readJuteLong())
        mtime = WallTime(milliseconds: try reader.readJuteLong())
        version = try reader.readJuteInt()
        cversion = try reader.readJuteInt()
        aversion = try reader.readJuteInt()
        ephemeralOwner = CoordinationSessionID(try reader.readJuteLong())
        dataLength = try reader.readJuteInt()
        numChildren = try reader.readJuteInt()
        pzxid = Zxid(try reader.readJuteLong())
    }
}

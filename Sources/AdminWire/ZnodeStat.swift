public import Toolbox
public import Vocabulary

/// What stands in a node's stat, under ZooKeeper's names. Changes are log indices, times Unix
/// milliseconds.
public struct ZnodeStat: AdminShape {
    public var czxid: Int64 = 0
    public var mzxid: Int64 = 0
    public var pzxid: Int64 = 0
    public var ctime = WallTime(milliseconds: 0)
    public var mtime = WallTime(milliseconds: 0)
    /// How often the data was set.
    public var version: Int32 = 0
    /// How often a child came or went.
    public var cversion: Int32 = 0
    /// How often the ACL was set.
    public var aversion: Int32 = 0
    /// As ZooKeeper prints it, such as `0x100000000000001`; nil for a node that outlives sessions.
    public var ephemeralOwner: String?
    public var dataLength: Int32 = 0
    public var numChildren: Int32 = 0

    public init() {}

    public func write(into json: inout JSONWriter) {
        json.beginObject()
        json.member("czxid", czxid)
        json.member("mzxid", mzxid)
        json.member("pzxid", pzxid)
        json.member("ctime", ctime.milliseconds)
        json.member("mtime", mtime.milliseconds)
        json.member("version", Int64(version))
        json.member("cversion", Int64(cversion))
        json.member("aversion", Int64(aversion))
        json.member("ephemeral_owner", ifAny: ephemeralOwner)
        json.member("data_length", Int64(dataLength))
        json.member("num_children", Int64(numChildren))
        json.endObject()
    }

    public init(from value: JSONValue) throws(AdminFailure) {
        let fields = try AdminFields(value, of: "stat")
        czxid = try fields.number("czxid")
        mzxid = try fields.number("mzxid")
        pzxid = try fields.number("pzxid")
        ctime = WallTime(milliseconds: try fields.number("ctime"))
        mtime = WallTime(milliseconds: try fields.number("mtime"))
        version = try fields.number("version")
        cversion = try fields.number("cversion")
        aversion = try fields.number("aversion")
        ephemeralOwner = try fields.textIfAny("ephemeral_owner")
        dataLength = try fields.number("data_length")
        numChildren = try fields.number("num_children")
    }
}

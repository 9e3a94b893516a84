public import Toolbox
public import ZooKeeperWire

/// Who asked, over which connection, and under which number: what a reply needs to find its way.
public struct CoordinationRequester: Hashable, Sendable {
    /// `none` for the cluster itself, which writes without a session.
    public var session: CoordinationSessionID
    public var owner: CoordinationOwner
    public var xid: Xid

    public init(session: CoordinationSessionID, owner: CoordinationOwner, xid: Xid) {
        self.session = session
        self.owner = owner
        self.xid = xid
    }
}

extension CoordinationRequester: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.write(session.rawValue)
        writer.write(owner)
        writer.write(xid.rawValue)
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        session = CoordinationSessionID(try reader.read(Int64.self))
        owner = try reader.read()
        xid = Xid(try reader.read(Int32.self))
    }
}

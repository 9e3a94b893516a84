public import Toolbox

/// What stands before every reply.
public struct ReplyHeader: Hashable, Sendable {
    public var xid: Xid
    /// Of a write its own, of a read the last that the server had applied.
    public var zxid: Zxid
    /// If there is one, no body follows.
    public var error: ZooKeeperError?

    public static let encodedBytes = 16

    public init(xid: Xid, zxid: Zxid, error: ZooKeeperError? = nil) {
        self.xid = xid
        self.zxid = zxid
        self.error = error
    }
}

extension ReplyHeader: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.writeBlock(bytes: Self.encodedBytes) { block in
            block.store(bigEndian: xid.rawValue, at: 0)
            block.store(bigEndian: zxid.rawValue, at: 4)
            block.store(bigEndian: error?.rawValue ?? 0, at: 12)
        }
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        xid = Xid(try reader.readJuteInt())
        zxid = Zxid(try reader.readJuteLong())
        error = try reader.readError()
    }
}

extension ByteReader {
    /// Nil for 0.
    mutating func readError() throws(DecodeFailure) -> ZooKeeperError? {
        let code = try readJuteInt()
        guard code != 0 else { return nil }
        guard let error = ZooKeeperError(rawValue: code) else {
            throw .invalid(what: "error \(code)", offset: offset - 4)
        }
        return error
    }
}

public import Toolbox

/// A request as it travels: its number, and what it asks.
public struct RequestFrame: Hashable, Sendable {
    public var xid: Xid
    public var request: ZooKeeperRequest

    public init(_ request: ZooKeeperRequest, xid: Xid) {
        self.xid = xid
        self.request = request
    }

    /// What a frame asks; `frame` is without its length. Bytes behind the record mean nothing.
    ///
    /// What is decoded shares the frame's storage.
    ///
    /// - Throws: what to answer, and whether to close behind it.
    public static func decode(_ frame: Bytes) throws(RequestFailure) -> RequestFrame {
        var reader = ByteReader(frame)
        let header: UInt64
        do {
            header = try reader.readBigEndian()
        } catch {
            throw .headless(bytes: frame.count)
        }
        let xid = Xid(Int32(truncatingIfNeeded: header >> 32))
        let type = Int32(truncatingIfNeeded: header)
        guard let operation = OperationCode(rawValue: type), operation != .check else {
            throw .unknownOperation(xid, type: type)
        }
        do {
            return RequestFrame(try ZooKeeperRequest(operation, from: &reader), xid: xid)
        } catch {
            throw .malformed(xid, operation, error)
        }
    }

    /// What `ZooKeeperRequest(from:)` reads, sharing storage: a frame that `decode` has accepted,
    /// without its xid, and perhaps with bytes behind the record.
    public static func requestBytes(of frame: Bytes) -> Bytes {
        invariant(frame.count >= 8, "a request's frame of \(frame.count) bytes")
        return frame.suffix(from: 4)
    }
}

/// Why a frame is no request.
public enum RequestFailure: Error, Hashable, Sendable {
    /// Too short for a header: there is no number to answer to.
    case headless(bytes: Int)
    case unknownOperation(Xid, type: Int32)
    case malformed(Xid, OperationCode, DecodeFailure)

    /// Whose reply this is, if there can be one.
    public var xid: Xid? {
        switch self {
        case .headless: nil
        case .unknownOperation(let xid, _), .malformed(let xid, _, _): xid
        }
    }

    /// What to answer, if `xid` is there.
    public var error: ZooKeeperError {
        switch self {
        case .headless, .malformed: .marshallingError
        case .unknownOperation: .unimplemented
        }
    }

    /// Whether the connection is closed, behind the reply if there is one.
    public var closes: Bool {
        switch self {
        case .headless, .unknownOperation: true
        case .malformed: false
        }
    }
}

extension ByteWriter {
    /// A whole request, its length first.
    public mutating func write(request frame: RequestFrame) {
        let start = beginFrame()
        writeBigEndian(frame.xid.rawValue)
        frame.request.encode(into: &self)
        endFrame(from: start)
    }
}

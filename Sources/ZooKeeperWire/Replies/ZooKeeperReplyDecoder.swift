public import Toolbox

/// A reply whose operation only its receiver knows.
public struct ZooKeeperReply: Hashable, Sendable {
    public var header: ReplyHeader
    /// What stands behind the header, sharing the frame's storage.
    public var record: Bytes

    /// What it says to who asked for `operation`.
    ///
    /// - Precondition: the header has no error.
    public func body(answering operation: OperationCode) throws(DecodeFailure) -> ReplyBody {
        invariant(header.error == nil, "the body of an error")
        var reader = ByteReader(record)
        return try ReplyBody(answering: operation, from: &reader)
    }
}

/// What a server sent.
public enum ZooKeeperOutput: Hashable, Sendable {
    /// The first frame.
    case connected(ConnectResponse)
    case reply(ZooKeeperReply)
    case event(WatchEvent, zxid: Zxid)
}

/// Cuts and reads what a server sends: the client's side.
///
/// Append what arrives, then call `next` until it gives nothing more. A failure is final.
public struct ZooKeeperReplyDecoder: Sendable {
    private enum Stage {
        case handshake
        case replies
        case failed(ZooKeeperStreamFailure)
    }

    private var stage = Stage.handshake
    private var cutter = FrameCutter()
    private let bytesMaximum: Int

    /// - Parameter bytesMaximum: of one frame; servers may answer more than they would be asked.
    public init(bytesMaximum: Int = 64 << 20) { self.bytesMaximum = bytesMaximum }

    public mutating func append(_ bytes: Bytes) {
        if case .failed = stage { return }
        cutter.append(bytes)
    }

    /// What comes next; nil until more bytes come.
    ///
    /// - Throws: why to close; the same again ever after.
    public mutating func next() throws(ZooKeeperStreamFailure) -> ZooKeeperOutput? {
        if case .failed(let failure) = stage { throw failure }
        do {
            guard let frame = try cutter.next(bytesMaximum: bytesMaximum) else { return nil }
            return try output(of: frame)
        } catch {
            stage = .failed(error)
            cutter.removeAll()
            throw error
        }
    }

    private mutating func output(
        of frame: Bytes
    ) throws(ZooKeeperStreamFailure) -> ZooKeeperOutput {
        do {
            if case .handshake = stage {
                stage = .replies
                return .connected(try ConnectResponse(frame: frame))
            }
            var reader = ByteReader(frame)
            let header = try ReplyHeader(from: &reader)
            guard header.xid == .notification else {
                return .reply(
                    ZooKeeperReply(header: header, record: frame.suffix(from: reader.offset)))
            }
            return .event(try WatchEvent(from: &reader), zxid: header.zxid)
        } catch {
            throw .undecodable(error)
        }
    }
}

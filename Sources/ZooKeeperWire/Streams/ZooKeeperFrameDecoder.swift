public import Toolbox

/// What a client sent.
public enum ZooKeeperInput: Hashable, Sendable {
    /// Answered with text, then the connection closes. Nothing comes behind it.
    case word(FourLetterWord)
    /// The first frame.
    case handshake(ConnectRequest)
    /// Every other frame, without its length, for `RequestFrame.decode`.
    case request(Bytes)
}

/// Cuts what a client sends.
///
/// Append what arrives, then call `next` until it gives nothing more. A failure is final.
public struct ZooKeeperFrameDecoder: Sendable {
    private enum Stage {
        case handshake
        case requests
        case ended(ZooKeeperStreamFailure?)
    }

    private var stage = Stage.handshake
    private var cutter = FrameCutter()
    private let bytesMaximum: Int

    /// - Parameter bytesMaximum: of one frame behind its length.
    public init(bytesMaximum: Int = ZooKeeperFrame.requestBytesMaximum) {
        self.bytesMaximum = bytesMaximum
    }

    /// Bytes of a frame that is not complete, or not yet asked for.
    public var heldBytes: Int { cutter.heldBytes }

    public mutating func append(_ bytes: Bytes) {
        if case .ended = stage { return }
        cutter.append(bytes)
    }

    /// What comes next; nil until more bytes come, and for ever behind a four-letter word.
    ///
    /// - Throws: why to close, without a reply; the same again ever after.
    public mutating func next() throws(ZooKeeperStreamFailure) -> ZooKeeperInput? {
        do throws(ZooKeeperStreamFailure) {
            switch stage {
            case .requests:
                guard let frame = try cutter.next(bytesMaximum: bytesMaximum) else { return nil }
                return .request(frame)
            case .handshake: return try nextBeginning()
            case .ended(let failure?): throw failure
            case .ended(nil): return nil
            }
        } catch {
            end(error)
            throw error
        }
    }

    private mutating func nextBeginning() throws(ZooKeeperStreamFailure) -> ZooKeeperInput? {
        guard let head = cutter.nextHead() else { return nil }
        if let word = FourLetterWord(rawValue: head) {
            end(nil)
            return .word(word)
        }
        guard let frame = try cutter.next(bytesMaximum: bytesMaximum) else { return nil }
        stage = .requests
        do {
            return .handshake(try ConnectRequest(frame: frame))
        } catch {
            throw .undecodable(error)
        }
    }

    private mutating func end(_ failure: ZooKeeperStreamFailure?) {
        stage = .ended(failure)
        cutter.removeAll()
    }
}

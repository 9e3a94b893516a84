public import Toolbox
import Vocabulary

/// Cuts a peer connection's bytes into frames.
public struct PeerFrameDecoder: Sendable {
    /// Received and not yet cut; whole arrivals, so that a frame within one shares its storage.
    private var buffer = Bytes()
    /// The pieces of a frame that comes in several arrivals.
    private var pieces = ByteWriter()
    /// Bytes without which there is no next frame.
    private var awaitedBytes = PeerFrame.headerBytes

    public init() {}

    public mutating func append(_ bytes: Bytes) {
        if pieces.isEmpty {
            guard !buffer.isEmpty else {
                buffer = bytes
                return
            }
            // Room for the whole frame, so that its pieces are moved once.
            pieces = ByteWriter(reserving: max(awaitedBytes, buffer.count + bytes.count))
            pieces.writeRaw(buffer)
            buffer = Bytes()
        }
        pieces.writeRaw(bytes)
    }

    /// The next whole frame; nil if more bytes are needed first.
    public mutating func next() throws(PeerFrameFailure) -> PeerFrame? {
        if !pieces.isEmpty, pieces.count >= awaitedBytes { buffer = pieces.take() }
        guard buffer.count >= awaitedBytes else { return nil }
        do {
            return try nextChecked()
        } catch let failure as DecodeFailure {
            throw .undecodable(failure)
        } catch let failure as PeerFrameFailure {
            throw failure
        } catch {
            unreachable("\(error) is no failure of frames")
        }
    }

    private mutating func nextChecked() throws -> PeerFrame? {
        var reader = ByteReader(buffer)
        let magic = try reader.read(UInt32.self)
        guard magic == PeerFrame.magic else { throw PeerFrameFailure.notOurProtocol(magic: magic) }
        let version = try reader.read(UInt8.self)
        guard version == PeerFrame.version else { throw PeerFrameFailure.version(version) }
        let rawKind = try reader.read(UInt8.self)
        guard let kind = PeerFrame.Kind(rawValue: rawKind) else {
            throw PeerFrameFailure.kind(rawKind)
        }
        _ = try reader.read(UInt16.self)
        let count = Int(try reader.read(UInt32.self))
        guard count <= PeerFrame.payloadBytesMaximum else {
            throw PeerFrameFailure.tooLong(bytes: count)
        }
        let end = PeerFrame.headerBytes + count
        guard buffer.count >= end else {
            awaitedBytes = end
            return nil
        }
        let expected = try reader.read(UInt32.self)
        let found = buffer.slice(0..<end).withUnsafeBytes(PeerFrame.checksum)
        guard expected == found else {
            throw PeerFrameFailure.checksum(expected: expected, found: found)
        }
        let frame = PeerFrame(
            kind: kind, sender: Incarnation(try reader.read()),
            receiver: Incarnation(try reader.read()), sequence: try reader.read(),
            wall: WallTime(milliseconds: try reader.read()), payload: try reader.readRaw(count))
        buffer = buffer.suffix(from: end)
        awaitedBytes = PeerFrame.headerBytes
        return frame
    }
}

import Toolbox

/// Bounds of the framing.
public enum ZooKeeperFrame {
    /// Of a request behind its length; ZooKeeper's `jute.maxbuffer`. What announces more closes the
    /// connection without a reply.
    public static let requestBytesMaximum = 0xFFFFF
    /// Of the length that stands before each frame.
    public static let lengthBytes = 4
}

/// Why a stream of frames cannot go on. The connection is closed without a reply.
public enum ZooKeeperStreamFailure: Error, Hashable, Sendable {
    /// A frame of negative length, or of more than the limit.
    case length(Int32)
    /// The handshake, or what a server sent, is not what it should be.
    case undecodable(DecodeFailure)
}

extension ByteWriter {
    /// Room for a frame's length, to be told by `endFrame`.
    mutating func beginFrame() -> Int {
        let start = count
        writeBigEndian(UInt32(0))
        return start
    }

    mutating func endFrame(from start: Int) {
        let length = UInt32(count - start - ZooKeeperFrame.lengthBytes)
        // `overwrite` is little-endian.
        overwrite(length.byteSwapped, at: start)
    }
}

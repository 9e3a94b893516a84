import Toolbox

/// Cuts a stream at the lengths that stand in it.
///
/// A frame that came whole shares its arrival's storage; one that came in pieces is copied once.
/// What is held grows with what arrived, never with what a length announces.
struct FrameCutter: Sendable {
    /// Arrived and not yet looked at.
    private var arrived = Bytes()
    /// The beginning of the one frame that came in pieces, its length included.
    private var partial = ByteWriter()

    var heldBytes: Int { arrived.count + partial.count }

    mutating func append(_ bytes: Bytes) {
        guard !arrived.isEmpty else {
            arrived = bytes
            return
        }
        var writer = ByteWriter(reserving: arrived.count + bytes.count)
        writer.writeRaw(arrived)
        writer.writeRaw(bytes)
        arrived = writer.take()
    }

    /// The first four bytes of the next frame; nil until they are there.
    mutating func nextHead() -> UInt32? {
        if partial.isEmpty, arrived.count >= ZooKeeperFrame.lengthBytes {
            return arrived.withUnsafeBytes(Self.head)
        }
        if partial.count < ZooKeeperFrame.lengthBytes { pull(upTo: ZooKeeperFrame.lengthBytes) }
        guard partial.count >= ZooKeeperFrame.lengthBytes else { return nil }
        return partial.withUnsafeBytes(Self.head)
    }

    /// The next frame without its length; nil until it is there.
    mutating func next(bytesMaximum: Int) throws(ZooKeeperStreamFailure) -> Bytes? {
        guard let head = nextHead() else { return nil }
        let length = Int32(bitPattern: head)
        guard length >= 0, Int(length) <= bytesMaximum else { throw .length(length) }
        let end = ZooKeeperFrame.lengthBytes + Int(length)
        if partial.isEmpty, arrived.count >= end {
            let frame = arrived.slice(ZooKeeperFrame.lengthBytes..<end)
            arrived = arrived.count == end ? Bytes() : arrived.suffix(from: end)
            return frame
        }
        pull(upTo: end)
        guard partial.count == end else { return nil }
        return partial.take().suffix(from: ZooKeeperFrame.lengthBytes)
    }

    mutating func removeAll() {
        arrived = Bytes()
        partial = ByteWriter()
    }

    /// Moves bytes into `partial` until it holds `count`, or nothing is left.
    private mutating func pull(upTo count: Int) {
        let taken = min(count - partial.count, arrived.count)
        guard taken > 0 else { return }
        partial.writeRaw(arrived.slice(0..<taken))
        arrived = taken == arrived.count ? Bytes() : arrived.suffix(from: taken)
    }

    private static func head(of bytes: UnsafeRawBufferPointer) -> UInt32 {
        UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self))
    }
}

public import Toolbox
public import Vocabulary

/// One frame between two nodes: a fixed header, then a payload that its kind explains.
///
/// | offset | bytes | field |
/// | --- | --- | --- |
/// | 0 | 4 | magic `RKRY` |
/// | 4 | 1 | protocol version |
/// | 5 | 1 | kind |
/// | 6 | 2 | reserved, zero |
/// | 8 | 4 | payload bytes |
/// | 12 | 4 | CRC32C over the header without this field, then the payload |
/// | 16 | 8 | sender's incarnation |
/// | 24 | 8 | receiver's incarnation as the sender knows it; 0 in a hello |
/// | 32 | 8 | sequence on this connection, from 1 |
/// | 40 | 8 | the sender's wall clock, milliseconds since 1970 |
///
/// All numbers are little-endian.
public struct PeerFrame: Hashable, Sendable {
    public enum Kind: UInt8, Sendable {
        case hello = 1
        case challenge = 2
        case proof = 3
        case welcome = 4
        /// A list of `PeerSection`.
        case sections = 5
    }

    public static let version: UInt8 = 1
    public static let headerBytes = 48
    /// A frame with a longer payload is refused before anything is allocated for it.
    public static let payloadBytesMaximum = 16 << 20

    static let magic: UInt32 = 0x5952_4B52

    public var kind: Kind
    public var sender: Incarnation
    public var receiver: Incarnation
    public var sequence: UInt64
    public var wall: WallTime
    public var payload: Bytes

    public init(
        kind: Kind, sender: Incarnation, receiver: Incarnation, sequence: UInt64, wall: WallTime,
        payload: Bytes
    ) {
        self.kind = kind
        self.sender = sender
        self.receiver = receiver
        self.sequence = sequence
        self.wall = wall
        self.payload = payload
    }

    /// - Precondition: the payload keeps within `payloadBytesMaximum`.
    public func encoded() -> Bytes {
        invariant(
            payload.count <= Self.payloadBytesMaximum, "a frame of \(payload.count) bytes")
        var writer = ByteWriter(reserving: Self.headerBytes + payload.count)
        writer.write(Self.magic)
        writer.write(Self.version)
        writer.write(kind.rawValue)
        writer.write(UInt16(0))
        writer.write(UInt32(payload.count))
        writer.write(UInt32(0))
        writer.write(sender.rawValue)
        writer.write(receiver.rawValue)
        writer.write(sequence)
        writer.write(wall.milliseconds)
        writer.writeRaw(payload)
        writer.overwrite(writer.withUnsafeBytes(Self.checksum), at: 12)
        return writer.take()
    }

    /// Over everything but the checksum's own four bytes.
    static func checksum(of frame: UnsafeRawBufferPointer) -> UInt32 {
        let head = CRC32C.checksum(of: UnsafeRawBufferPointer(rebasing: frame[0..<12]))
        return CRC32C.checksum(of: UnsafeRawBufferPointer(rebasing: frame[16...]), after: head)
    }
}

/// Why bytes from a peer's connection are no frame. The connection is closed.
public enum PeerFrameFailure: Error, Hashable, Sendable {
    case notOurProtocol(magic: UInt32)
    case version(UInt8)
    case kind(UInt8)
    case tooLong(bytes: Int)
    case checksum(expected: UInt32, found: UInt32)
    case undecodable(DecodeFailure)
}

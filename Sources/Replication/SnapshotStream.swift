import Raft
import ReplicatedState
import Toolbox
import Vocabulary

/// A snapshot as it goes to a follower: the configuration as of its position, the log's time there,
/// the machine's bytes.
struct SnapshotStream: Hashable, Sendable {
    /// Everything, as it is cut into parts.
    let bytes: Bytes
    /// CRC32C over `bytes`.
    let checksum: UInt32
    let configuration: RaftConfiguration
    /// The time, then the machine's bytes: what a snapshot file keeps as its body.
    let body: Bytes

    /// Takes what came in parts and agrees with the checksum already.
    init(received bytes: Bytes, checksum: UInt32) throws(DecodeFailure) {
        var reader = ByteReader(bytes)
        configuration = try reader.read()
        body = try reader.readRaw(reader.left)
        self.bytes = bytes
        self.checksum = checksum
    }

    /// Takes what a worker made of a `SnapshotEncoding`.
    init(encoded: Bytes) throws(DecodeFailure) {
        guard encoded.count >= 4 else { throw .invalid(what: "an encoded snapshot", offset: 0) }
        var reader = ByteReader(encoded.suffix(from: encoded.count - 4))
        try self.init(
            received: encoded.slice(0..<(encoded.count - 4)), checksum: try reader.read())
    }
}

/// Encodes a state with what belongs to it, on a worker: the node's thread copies nothing and sums
/// nothing.
struct SnapshotEncoding: MachineSnapshot {
    let configuration: RaftConfiguration
    let time: WallTime
    let state: any MachineSnapshot

    /// The stream, then its checksum.
    func encode() -> Bytes {
        let machine = state.encode()
        var writer = ByteWriter(reserving: machine.count + 512)
        writer.write(configuration)
        writer.write(time.milliseconds)
        writer.writeRaw(machine)
        writer.write(writer.withUnsafeBytes { CRC32C.checksum(of: $0) })
        return writer.take()
    }
}

import Toolbox

/// One batch as it lies in a segment: an atomic unit, there whole or not at all.
///
/// Little-endian, at a multiple of 8:
///
///     0  checksum  CRC-32C over (segment nonce, offset), then everything below, padding included
///     4  length    of the payload, never 0
///     8  type 1, 3 zero bytes
///    12  count     of records
///    16  sequence  1, 2, 3, ... through all segments
///    24  durable   the last frame that was known to be durable when this one was written
///    32  oldest    the oldest segment that recovery needs once this frame is durable
///    40  previous  XXH64 of the whole frame before
///    48  payload   records, then zeros to a multiple of 8
struct Frame {
    static let headerBytes = 48
    private static let type: UInt32 = 1

    let offset: Int
    let sequence: UInt64
    let durable: UInt64
    let oldest: UInt64
    let previous: UInt64
    /// XXH64 of the whole frame.
    let hash: UInt64
    let recordsCount: Int
    let payload: Bytes

    var end: Int { offset + Self.paddedBytes(ofPayload: payload.count) }

    /// Whether it stands where `position` says.
    func follows(_ position: ChainPosition) -> Bool {
        sequence == position.next && previous == position.hash
    }

    /// Before it.
    var position: ChainPosition { ChainPosition(next: sequence, hash: previous) }

    /// Behind it.
    var endPosition: ChainPosition { ChainPosition(next: sequence + 1, hash: hash) }

    static func paddedBytes(ofPayload count: Int) -> Int { (headerBytes + count + 7) & ~7 }

    // MARK: Writing

    /// What stands in a frame besides its records.
    struct Preamble {
        let sequence: UInt64
        let durable: UInt64
        let oldest: UInt64
        let previous: UInt64
    }

    /// Writes the frame of `records` at the end of `writer`; answers the frame's hash.
    ///
    /// `fileOffset` is where the writer's end will lie in the segment.
    static func write(
        _ preamble: Preamble, records: [StoredRecord], nonce: UInt64, fileOffset: Int,
        into writer: inout ByteWriter
    ) -> UInt64 {
        let start = writer.count
        writer.write(UInt32(0))
        writer.write(UInt32(0))
        writer.write(type)
        writer.write(UInt32(records.count))
        writer.write(preamble.sequence)
        writer.write(preamble.durable)
        writer.write(preamble.oldest)
        writer.write(preamble.previous)
        for record in records { record.encode(into: &writer) }
        let payloadBytes = writer.count - start - headerBytes
        while (writer.count - start) % 8 != 0 { writer.write(UInt8(0)) }
        writer.overwrite(UInt32(payloadBytes), at: start + 4)

        let end = writer.count
        let checksum = writer.withUnsafeBytes {
            Self.checksum($0[(start + 4)..<end], nonce: nonce, offset: fileOffset)
        }
        writer.overwrite(checksum, at: start)
        return writer.withUnsafeBytes {
            XXH64.hash(UnsafeRawBufferPointer(rebasing: $0[start..<end]))
        }
    }

    // MARK: Reading

    /// The frame at `offset` of a segment's bytes; nil if none that was written there is.
    static func read(from file: Bytes, at offset: Int, nonce: UInt64) -> Frame? {
        guard offset + headerBytes <= file.count else { return nil }
        return file.withUnsafeBytes { bytes -> Frame? in
            guard isPlausible(bytes, at: offset) else { return nil }
            let length = Int(word32(bytes, offset + 4))
            let end = offset + paddedBytes(ofPayload: length)
            let found = checksum(bytes[(offset + 4)..<end], nonce: nonce, offset: offset)
            guard found == word32(bytes, offset) else { return nil }
            let sequence = word64(bytes, offset + 16)
            let durable = word64(bytes, offset + 24)
            guard durable < sequence, sequence < LogLimits.numbersEnd else { return nil }
            return Frame(
                offset: offset, sequence: sequence, durable: durable,
                oldest: word64(bytes, offset + 32),
                previous: word64(bytes, offset + 40),
                hash: XXH64.hash(UnsafeRawBufferPointer(rebasing: bytes[offset..<end])),
                recordsCount: Int(word32(bytes, offset + 12)),
                payload: file.slice((offset + headerBytes)..<(offset + headerBytes + length)))
        }
    }

    /// All valid frames at any multiple of 8 from `offset` on, whatever lies between them.
    static func search(in file: Bytes, from offset: Int, nonce: UInt64) -> [Frame] {
        var frames: [Frame] = []
        var next: Int? = offset
        while let start = next {
            next = file.withUnsafeBytes { firstPlausible($0, from: start) }
            guard let candidate = next else { break }
            if let frame = read(from: file, at: candidate, nonce: nonce) {
                frames.append(frame)
                next = frame.end
            } else {
                next = candidate + 8
            }
        }
        return frames
    }

    /// The end that the frame at `offset` claims, if it is within the file: what a torn write may
    /// have touched.
    static func claimedEnd(in file: Bytes, at offset: Int) -> Int {
        let headerEnd = min(offset + headerBytes, file.count)
        guard headerEnd - offset == headerBytes else { return headerEnd }
        let length = file.withUnsafeBytes { Int(word32($0, offset + 4)) }
        return min(file.count, offset + paddedBytes(ofPayload: length))
    }

    /// The sequence that bytes at `offset` would have if they were a frame; nil at the file's end.
    static func claimedSequence(in file: Bytes, at offset: Int) -> UInt64? {
        guard offset + headerBytes <= file.count else { return nil }
        return file.withUnsafeBytes { word64($0, offset + 16) }
    }

    private static func firstPlausible(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var offset = start
        while offset + headerBytes <= bytes.count {
            if isPlausible(bytes, at: offset) { return offset }
            offset += 8
        }
        return nil
    }

    private static func isPlausible(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        guard word32(bytes, offset + 8) == type else { return false }
        let length = Int(word32(bytes, offset + 4))
        return length > 0 && offset + paddedBytes(ofPayload: length) <= bytes.count
    }

    private static func checksum(
        _ bytes: Slice<UnsafeRawBufferPointer>, nonce: UInt64, offset: Int
    ) -> UInt32 {
        #if PLANTED_FAULTS
            if nonce == SegmentHeader.unseeded {
                return CRC32C.checksum(of: UnsafeRawBufferPointer(rebasing: bytes))
            }
        #endif
        let place = (nonce.littleEndian, UInt64(offset).littleEndian)
        let seed = withUnsafeBytes(of: place) { CRC32C.checksum(of: $0) }
        return CRC32C.checksum(of: UnsafeRawBufferPointer(rebasing: bytes), after: seed)
    }

    private static func word32(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt32 {
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    private static func word64(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// The records of the payload.
    func records() throws(DecodeFailure) -> [StoredRecord] {
        var reader = ByteReader(payload)
        var records: [StoredRecord] = []
        for _ in 0..<min(recordsCount, payload.count) {
            records.append(try StoredRecord(from: &reader))
        }
        guard records.count == recordsCount else {
            throw .invalid(what: "\(recordsCount) records in \(payload.count) bytes", offset: 0)
        }
        try reader.expectEnd()
        return records
    }
}

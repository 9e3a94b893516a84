/// Masking (RFC 6455 §5.3): byte `i` of a payload is combined with byte `i mod 4` of the key.
enum WebSocketMask {
    /// Writes `source`, combined with `key`, to the start of `destination`; they may be the same.
    ///
    /// - Parameters:
    ///   - key: its first byte on the wire is the most significant.
    ///   - offset: where in the payload `source` starts.
    /// - Returns: whether all of what was written is ASCII.
    @discardableResult
    static func apply(
        _ key: UInt32, at offset: Int, from source: UnsafeRawBufferPointer,
        to destination: UnsafeMutableRawBufferPointer
    ) -> Bool {
        let shift = UInt32(offset & 3) * 8
        let ordered = key.byteSwapped
        // Eight bytes of the key in the order in which they are used, the first one lowest.
        let half = UInt64(shift == 0 ? ordered : (ordered >> shift) | (ordered << (32 - shift)))
        let word = half | (half << 32)
        var index = 0
        var united: UInt64 = 0
        while index + 8 <= source.count {
            let bytes = source.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            let unmasked = bytes ^ word.littleEndian
            united |= unmasked
            destination.storeBytes(of: unmasked, toByteOffset: index, as: UInt64.self)
            index += 8
        }
        while index < source.count {
            let keyByte = UInt8(truncatingIfNeeded: word >> (UInt64(index & 3) * 8))
            destination[index] = source[index] ^ keyByte
            united |= UInt64(destination[index])
            index += 1
        }
        return united & 0x8080_8080_8080_8080 == 0
    }
}

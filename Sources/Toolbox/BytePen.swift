/// Writes values one behind the other into room that was made before, so that none of them looks at
/// the buffer again: for frames that come all the time.
///
/// `ByteWriter.write(atMost:_:)` lends one. Writing more than was asked for is a fault of ours.
public struct BytePen: ~Copyable {
    @usableFromInline var position: UnsafeMutableRawPointer
    @usableFromInline let end: UnsafeMutableRawPointer

    @inlinable
    init(_ room: UnsafeMutableRawBufferPointer) {
        guard let start = room.baseAddress else { unreachable("a pen without room") }
        position = start
        end = start + room.count
    }

    @inlinable
    public mutating func write(_ byte: UInt8) {
        advance(1).storeBytes(of: byte, as: UInt8.self)
    }

    /// The characters of a literal, unescaped.
    @inlinable
    public mutating func write(_ text: StaticString) {
        let count = text.utf8CodeUnitCount
        advance(count).copyMemory(from: text.utf8Start, byteCount: count)
    }

    @inlinable
    public mutating func write(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        advance(bytes.count).copyMemory(from: start, byteCount: bytes.count)
    }

    @inlinable
    public mutating func writeBigEndian<Value: FixedWidthInteger>(_ value: Value) {
        advance(MemoryLayout<Value>.size).storeBytes(of: value.bigEndian, as: Value.self)
    }

    /// The decimal digits of `number`: 20 at most.
    @inlinable
    public mutating func digits(_ number: UInt64) {
        guard number >= 100_000_000 else { return firstDigits(UInt32(number)) }
        let (high, low) = number.quotientAndRemainder(dividingBy: 100_000_000)
        digits(high)
        advance(8).storeBytes(
            of: (DecimalText.digits(of: UInt32(low)) | DecimalText.zeros).littleEndian,
            as: UInt64.self)
    }

    /// - Precondition: `number` has at most eight digits.
    @inlinable
    mutating func firstDigits(_ number: UInt32) {
        let digits = DecimalText.digits(of: number)
        let leadingZeros = min(digits.trailingZeroBitCount / 8, 7)
        var rest = (digits | DecimalText.zeros) >> (UInt64(leadingZeros) * 8)
        let count = 8 - leadingZeros
        // A store of all eight bytes where there is room for them.
        guard end - position < 8 else {
            position.storeBytes(of: rest.littleEndian, as: UInt64.self)
            position += count
            return
        }
        for _ in 0..<count {
            write(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    /// The 16 lower-case hex digits of `number`.
    @inlinable
    public mutating func hexDigits(_ number: UInt64) {
        writeBigEndian(HexText.characters(of: UInt32(truncatingIfNeeded: number >> 32)))
        writeBigEndian(HexText.characters(of: UInt32(truncatingIfNeeded: number)))
    }

    @inlinable @inline(__always)
    mutating func advance(_ count: Int) -> UnsafeMutableRawPointer {
        if end - position < count { Self.overrun(end - position, count) }
        defer { position += count }
        return position
    }

    @inline(never) @usableFromInline
    static func overrun(_ room: Int, _ count: Int) -> Never {
        unreachable("a pen with room for \(room) bytes was to write \(count)")
    }
}

/// Decimal digits, eight at a time.
@usableFromInline
enum DecimalText {
    /// The character of each digit 0.
    @inlinable static var zeros: UInt64 { 0x3030_3030_3030_3030 }

    /// The eight digits of `number`, as values 0 to 9, the first one in the lowest byte.
    ///
    /// Halves of halves of halves, each time all of them at once; the quotients are exact for the
    /// sizes that occur.
    @inlinable
    static func digits(of number: UInt32) -> UInt64 {
        let (high, low) = number.quotientAndRemainder(dividingBy: 10_000)
        let fours = UInt64(high) | UInt64(low) << 32
        let hundreds = ((fours &* 10_486) >> 20) & 0x0000_007F_0000_007F
        let twos = hundreds | (fours &- hundreds &* 100) << 16
        let tens = ((twos &* 103) >> 10) & 0x000F_000F_000F_000F
        return tens | (twos &- tens &* 10) << 8
    }
}

extension ByteWriter {
    /// Appends what `body` writes: `maximum` bytes at most.
    @inlinable
    public mutating func write(atMost maximum: Int, _ body: (inout BytePen) -> Void) {
        let start = reserve(max(maximum, 1))
        length = storage.withUnsafeMutableBytes { all in
            var pen = BytePen(UnsafeMutableRawBufferPointer(rebasing: all[start..<start + maximum]))
            let first = pen.position
            body(&pen)
            return start + (pen.position - first)
        }
    }

    /// Forgets what was written and keeps the room. Slices of it that still live are not touched.
    @inlinable
    public mutating func clear() { length = 0 }

    /// Overwrites two bytes written before.
    ///
    /// - Precondition: `offset + 2 <= count`.
    @inlinable
    public mutating func overwrite(short value: UInt16, at offset: Int) {
        replace(value.littleEndian, at: offset)
    }

    /// Moves what stands from `offset` to the end back by `distance` bytes, over what is there.
    ///
    /// - Precondition: `0 <= distance <= offset <= count`.
    @inlinable
    public mutating func closeGap(of distance: Int, before offset: Int) {
        invariant(
            distance >= 0 && distance <= offset && offset <= length,
            "a gap of \(distance) before \(offset) of \(count)")
        let end = length
        storage.withUnsafeMutableBytes { all in
            UnsafeMutableRawBufferPointer(rebasing: all[(offset - distance)...])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: all[offset..<end]))
        }
        length -= distance
    }
}

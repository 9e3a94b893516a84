public import CSystem

/// Appends values to a growing buffer, little-endian unless the name says otherwise.
///
/// `take()` hands the bytes over and leaves the writer empty. What is written here is read back by
/// `ByteReader` under the same names.
public struct ByteWriter: Sendable {
    /// All of the room there is, so that a write is a store and not an array's append; what stands
    /// behind `length` was never written and is never read.
    @usableFromInline var storage: [UInt8]
    @usableFromInline var length: Int

    @inlinable
    public init(reserving capacity: Int = 0) {
        storage = capacity > 0 ? Self.room(for: capacity) : []
        length = 0
    }

    @inlinable public var count: Int { length }
    @inlinable public var isEmpty: Bool { length == 0 }

    @inlinable
    public mutating func write<Value: FixedWidthInteger>(_ value: Value) {
        store(value.littleEndian)
    }

    @inlinable
    public mutating func writeBigEndian<Value: FixedWidthInteger>(_ value: Value) {
        store(value.bigEndian)
    }

    @inlinable
    public mutating func write(_ flag: Bool) { store(flag ? 1 as UInt8 : 0) }

    /// The bytes alone, without their length.
    @inlinable
    public mutating func writeRaw(_ bytes: Bytes) {
        bytes.withUnsafeBytes { writeRaw($0) }
    }

    @inlinable
    public mutating func writeRaw(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { writeRaw($0) }
    }

    @inlinable
    public mutating func writeRaw(_ bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else { return }
        let start = reserve(bytes.count)
        storage.withUnsafeMutableBytes {
            UnsafeMutableRawBufferPointer(rebasing: $0[start...]).copyMemory(from: bytes)
        }
    }

    /// A 32-bit length, then the bytes.
    @inlinable
    public mutating func writeCounted(_ bytes: Bytes) {
        write(UInt32(bytes.count))
        writeRaw(bytes)
    }

    /// A 32-bit length, then the text's UTF-8.
    @inlinable
    public mutating func writeCounted(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            write(UInt32(utf8.count))
            writeRaw(UnsafeRawBufferPointer(utf8))
        }
    }

    /// A byte that says whether a value follows, then the value by `body`.
    @inlinable
    public mutating func writeOptional<Value>(
        _ value: Value?, _ body: (inout ByteWriter, Value) -> Void
    ) {
        write(value != nil)
        if let value { body(&self, value) }
    }

    /// A 32-bit count, then each element by `body`.
    @inlinable
    public mutating func writeList<Elements: Collection>(
        _ elements: Elements, _ body: (inout ByteWriter, Elements.Element) -> Void
    ) {
        write(UInt32(elements.count))
        for element in elements { body(&self, element) }
    }

    /// Overwrites four bytes written before, for lengths known only afterwards.
    ///
    /// - Precondition: `offset + 4 <= count`.
    @inlinable
    public mutating func overwrite(_ value: UInt32, at offset: Int) {
        replace(value.littleEndian, at: offset)
    }

    /// Overwrites eight bytes written before.
    ///
    /// - Precondition: `offset + 8 <= count`.
    @inlinable
    public mutating func overwrite(long value: UInt64, at offset: Int) {
        replace(value.littleEndian, at: offset)
    }

    @inlinable
    mutating func replace<Value: FixedWidthInteger>(_ value: Value, at offset: Int) {
        invariant(
            offset >= 0 && offset + MemoryLayout<Value>.size <= length,
            "overwrite at \(offset) of \(count)")
        storage.withUnsafeMutableBytes {
            $0.storeBytes(of: value, toByteOffset: offset, as: Value.self)
        }
    }

    @inlinable
    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        storage.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<length])) }
    }

    /// The bytes written so far; the writer is empty afterwards.
    @inlinable
    public mutating func take() -> Bytes {
        let bytes = Bytes(storage: storage, start: 0, end: Int32(length))
        storage = []
        length = 0
        return bytes
    }

    /// The bytes at `range` of those written, sharing the buffer; if such a slice still lives when
    /// the next value is written, that copies the buffer.
    ///
    /// - Precondition: all of them were written.
    @inlinable
    public func written(_ range: Range<Int>) -> Bytes {
        invariant(
            range.lowerBound >= 0 && range.upperBound <= length, "\(range) of \(length) written")
        return Bytes(
            storage: storage, start: Int32(range.lowerBound), end: Int32(range.upperBound))
    }

    // MARK: Room

    @inlinable
    mutating func append(_ byte: UInt8) { store(byte) }

    @inlinable
    mutating func append(contentsOf bytes: some Sequence<UInt8>) {
        for byte in bytes { store(byte) }
    }

    @inlinable
    mutating func append(contentsOf bytes: UnsafeBufferPointer<UInt8>) {
        writeRaw(UnsafeRawBufferPointer(bytes))
    }

    @inlinable
    mutating func append(contentsOf bytes: Slice<UnsafeRawBufferPointer>) {
        writeRaw(UnsafeRawBufferPointer(rebasing: bytes))
    }

    @inlinable
    mutating func store<Value: FixedWidthInteger>(_ value: Value) {
        let start = reserve(MemoryLayout<Value>.size)
        storage.withUnsafeMutableBytes {
            $0.storeBytes(of: value, toByteOffset: start, as: Value.self)
        }
    }

    /// Makes the next `count` bytes part of what is written; where they start.
    @inlinable
    mutating func reserve(_ count: Int) -> Int {
        let start = length
        if storage.count - start < count { grow(by: count) }
        length = start + count
        return start
    }

    @inline(never) @usableFromInline
    mutating func grow(by count: Int) {
        let old = storage
        let used = length
        storage = Self.room(for: max(2 * storage.count, used + count, 64))
        old.withUnsafeBytes { from in
            storage.withUnsafeMutableBytes {
                $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: from[..<used]))
            }
        }
    }

    /// What stands in it is never read. Measured: an array made from bytes takes 160 instructions,
    /// one made without (`unsafeUninitializedCapacity`) 540, as it looks its own type up each time.
    @inlinable
    static func room(for count: Int) -> [UInt8] {
        guard count <= Int(CSYSTEM_BLANK_BYTES) else {
            return [UInt8](unsafeUninitializedCapacity: count) { $1 = count }
        }
        return [UInt8](UnsafeBufferPointer(start: csystem_blank(), count: count))
    }
}

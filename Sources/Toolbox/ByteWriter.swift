/// Appends values to a growing buffer, little-endian unless the name says otherwise.
///
/// `take()` hands the bytes over and leaves the writer empty. What is written here is read back by
/// `ByteReader` under the same names.
public struct ByteWriter: Sendable {
    @usableFromInline var storage: [UInt8]

    @inlinable
    public init(reserving capacity: Int = 0) {
        storage = []
        storage.reserveCapacity(capacity)
    }

    @inlinable public var count: Int { storage.count }
    @inlinable public var isEmpty: Bool { storage.isEmpty }

    @inlinable
    public mutating func write<Value: FixedWidthInteger>(_ value: Value) {
        Swift.withUnsafeBytes(of: value.littleEndian) { storage.append(contentsOf: $0) }
    }

    @inlinable
    public mutating func writeBigEndian<Value: FixedWidthInteger>(_ value: Value) {
        Swift.withUnsafeBytes(of: value.bigEndian) { storage.append(contentsOf: $0) }
    }

    @inlinable
    public mutating func write(_ flag: Bool) { storage.append(flag ? 1 : 0) }

    /// The bytes alone, without their length.
    @inlinable
    public mutating func writeRaw(_ bytes: Bytes) {
        bytes.withUnsafeBytes { storage.append(contentsOf: $0) }
    }

    @inlinable
    public mutating func writeRaw(_ bytes: [UInt8]) { storage.append(contentsOf: bytes) }

    @inlinable
    public mutating func writeRaw(_ bytes: UnsafeRawBufferPointer) {
        storage.append(contentsOf: bytes)
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
            storage.append(contentsOf: utf8)
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
        invariant(offset >= 0 && offset + 4 <= storage.count, "overwrite at \(offset) of \(count)")
        Swift.withUnsafeBytes(of: value.littleEndian) { bytes in
            for index in 0..<4 { storage[offset + index] = bytes[index] }
        }
    }

    @inlinable
    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        storage.withUnsafeBytes(body)
    }

    /// The bytes written so far; the writer is empty afterwards.
    @inlinable
    public mutating func take() -> Bytes {
        let bytes = Bytes(storage)
        storage = []
        return bytes
    }
}

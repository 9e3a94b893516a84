/// Why bytes could not be read as what they should be.
public enum DecodeFailure: Error, Hashable, Sendable {
    /// `needed` more bytes at `offset`, and only `left` there.
    case truncated(offset: Int, needed: Int, left: Int)
    /// A value at `offset` that no writer writes.
    case invalid(what: String, offset: Int)
    /// Bytes behind the end of what was read.
    case trailing(count: Int)
}

/// Reads back what `ByteWriter` wrote; every read is checked, none traps.
public struct ByteReader: Sendable {
    @usableFromInline let bytes: Bytes
    /// Where the next read starts.
    public private(set) var offset = 0

    @inlinable
    public init(_ bytes: Bytes) { self.bytes = bytes }

    @inlinable public var left: Int { bytes.count - offset }
    @inlinable public var isAtEnd: Bool { left == 0 }

    @inlinable
    public mutating func read<Value: FixedWidthInteger>(
        _ type: Value.Type = Value.self
    ) throws(DecodeFailure) -> Value {
        Value(littleEndian: try readStored(type))
    }

    @inlinable
    public mutating func readBigEndian<Value: FixedWidthInteger>(
        _ type: Value.Type = Value.self
    ) throws(DecodeFailure) -> Value {
        Value(bigEndian: try readStored(type))
    }

    @inlinable
    mutating func readStored<Value: FixedWidthInteger>(
        _ type: Value.Type
    ) throws(DecodeFailure) -> Value {
        let start = try advance(by: MemoryLayout<Value>.size)
        return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start, as: Value.self) }
    }

    @inlinable
    public mutating func readBool() throws(DecodeFailure) -> Bool {
        switch try read(UInt8.self) {
        case 0: return false
        case 1: return true
        case let other: throw .invalid(what: "flag \(other)", offset: offset - 1)
        }
    }

    /// `count` bytes, sharing the buffer.
    @inlinable
    public mutating func readRaw(_ count: Int) throws(DecodeFailure) -> Bytes {
        let start = try advance(by: count)
        return bytes.slice(start..<start + count)
    }

    @inlinable
    public mutating func readCounted() throws(DecodeFailure) -> Bytes {
        try readRaw(Int(try read(UInt32.self)))
    }

    public mutating func readCountedText() throws(DecodeFailure) -> String {
        let start = offset
        guard let text = try readCounted().text else {
            throw .invalid(what: "text that is not UTF-8", offset: start)
        }
        return text
    }

    @inlinable
    public mutating func readOptional<Value>(
        _ body: (inout ByteReader) throws(DecodeFailure) -> Value
    ) throws(DecodeFailure) -> Value? {
        try readBool() ? try body(&self) : nil
    }

    /// A list whose elements take at least one byte each, so that a forged count cannot allocate.
    @inlinable
    public mutating func readList<Value>(
        _ body: (inout ByteReader) throws(DecodeFailure) -> Value
    ) throws(DecodeFailure) -> [Value] {
        let count = Int(try read(UInt32.self))
        guard count <= left else { throw .truncated(offset: offset, needed: count, left: left) }
        var values: [Value] = []
        values.reserveCapacity(count)
        for _ in 0..<count { values.append(try body(&self)) }
        return values
    }

    /// Throws unless everything has been read.
    @inlinable
    public func expectEnd() throws(DecodeFailure) {
        guard isAtEnd else { throw .trailing(count: left) }
    }

    @usableFromInline
    mutating func advance(by count: Int) throws(DecodeFailure) -> Int {
        guard count >= 0, count <= left else {
            throw .truncated(offset: offset, needed: count, left: left)
        }
        let start = offset
        offset += count
        return start
    }
}

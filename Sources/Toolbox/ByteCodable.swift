/// A value with one way of being written as bytes, and one of being read back.
///
/// Reading is total: any bytes give a value or a failure, never a trap, and no more memory than a
/// small multiple of the bytes.
public protocol ByteCodable {
    func encode(into writer: inout ByteWriter)
    init(from reader: inout ByteReader) throws(DecodeFailure)
}

extension ByteCodable {
    /// The value's bytes alone.
    @inlinable
    public func encoded() -> Bytes {
        var writer = ByteWriter(reserving: 256)
        encode(into: &writer)
        return writer.take()
    }

    /// The value that is all of `bytes`.
    @inlinable
    public init(decoding bytes: Bytes) throws(DecodeFailure) {
        var reader = ByteReader(bytes)
        try self.init(from: &reader)
        try reader.expectEnd()
    }
}

/// Enumerations without payload are one byte.
extension ByteCodable where Self: RawRepresentable, RawValue == UInt8 {
    @inlinable
    public func encode(into writer: inout ByteWriter) { writer.write(rawValue) }

    @inlinable
    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        let raw = try reader.read(UInt8.self)
        guard let value = Self(rawValue: raw) else {
            throw .invalid(what: "\(Self.self) \(raw)", offset: reader.offset - 1)
        }
        self = value
    }
}

extension ByteWriter {
    @inlinable
    public mutating func write<Value: ByteCodable>(_ value: Value) { value.encode(into: &self) }

    /// A byte that says whether a value follows, then the value.
    @inlinable
    public mutating func write<Value: ByteCodable>(optional value: Value?) {
        write(value != nil)
        value?.encode(into: &self)
    }

    /// A 32-bit count, then the elements.
    @inlinable
    public mutating func write<Value: ByteCodable>(list values: [Value]) {
        write(UInt32(values.count))
        for value in values { value.encode(into: &self) }
    }
}

extension ByteReader {
    @inlinable
    public mutating func read<Value: ByteCodable>(
        _ type: Value.Type = Value.self
    ) throws(DecodeFailure) -> Value {
        try Value(from: &self)
    }

    @inlinable
    public mutating func readOptional<Value: ByteCodable>(
        _ type: Value.Type = Value.self
    ) throws(DecodeFailure) -> Value? {
        try readBool() ? try Value(from: &self) : nil
    }

    /// A list whose elements take at least one byte each. A forged count reserves next to nothing.
    @inlinable
    public mutating func readList<Value: ByteCodable>(
        of type: Value.Type = Value.self
    ) throws(DecodeFailure) -> [Value] {
        let count = Int(try read(UInt32.self))
        guard count <= left else { throw .truncated(offset: offset, needed: count, left: left) }
        guard count > 0 else { return [] }
        var values: [Value] = []
        values.reserveCapacity(Swift.min(count, 256))
        for _ in 0..<count { values.append(try Value(from: &self)) }
        return values
    }

    /// What to throw for a tag, read just now, that no writer writes.
    public func unknown(_ what: String, tag: UInt8) -> DecodeFailure {
        .invalid(what: "\(what) \(tag)", offset: offset - 1)
    }

    /// Throws unless `condition` holds for what was read just now.
    @inlinable
    public func expect(
        _ condition: Bool, _ what: @autoclosure () -> String
    ) throws(DecodeFailure) {
        guard condition else { throw .invalid(what: what(), offset: offset) }
    }
}

/// An immutable run of bytes that shares its storage with the buffer it was cut from.
///
/// Copying and slicing cost a reference, never a copy of the bytes. A slice keeps its whole buffer
/// alive: whoever keeps a small slice of a large buffer for long should `detached()` it.
public struct Bytes: Sendable {
    @usableFromInline let storage: [UInt8]
    @usableFromInline let start: Int32
    @usableFromInline let end: Int32

    @inlinable
    init(storage: [UInt8], start: Int32, end: Int32) {
        self.storage = storage
        self.start = start
        self.end = end
    }

    @inlinable
    public init() {
        self.init(storage: [], start: 0, end: 0)
    }

    /// - Precondition: fewer than 2^31 bytes.
    @inlinable
    public init(_ array: [UInt8]) {
        self.init(storage: array, start: 0, end: Int32(array.count))
    }

    /// The UTF-8 of `text`.
    @inlinable
    public init(_ text: String) {
        self.init(Array(text.utf8))
    }

    @inlinable public var count: Int { Int(end - start) }
    @inlinable public var isEmpty: Bool { end == start }

    /// - Precondition: `0 <= offset < count`.
    @inlinable
    public subscript(offset: Int) -> UInt8 {
        invariant(offset >= 0 && offset < count, "byte \(offset) of \(count)")
        return storage[Int(start) + offset]
    }

    /// The bytes at offsets `range`, sharing storage.
    ///
    /// - Precondition: `range` lies within `0 ..< count`.
    @inlinable
    public func slice(_ range: Range<Int>) -> Bytes {
        invariant(range.lowerBound >= 0 && range.upperBound <= count, "slice \(range) of \(count)")
        return Bytes(
            storage: storage, start: start + Int32(range.lowerBound),
            end: start + Int32(range.upperBound))
    }

    /// The bytes from `offset` to the end, sharing storage.
    @inlinable
    public func suffix(from offset: Int) -> Bytes { slice(offset..<count) }

    @inlinable
    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let lower = Int(start)
        let upper = Int(end)
        return storage.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[lower..<upper])) }
    }

    /// The same bytes as an array; no copy if they are the whole buffer.
    @inlinable
    public var array: [UInt8] {
        start == 0 && Int(end) == storage.count ? storage : Array(storage[Int(start)..<Int(end)])
    }

    /// The same bytes in a buffer of their own.
    @inlinable
    public func detached() -> Bytes { Bytes(array) }

    /// The text these bytes are in UTF-8; nil if they are not.
    public var text: String? {
        withUnsafeBytes { String(validating: $0, as: UTF8.self) }
    }
}

extension Bytes: Hashable {
    @inlinable
    public static func == (left: Bytes, right: Bytes) -> Bool {
        guard left.count == right.count else { return false }
        return left.withUnsafeBytes { leftBytes in
            right.withUnsafeBytes { rightBytes in areEqual(leftBytes, rightBytes) }
        }
    }

    /// Eight bytes at a time: keys and paths are compared on every look-up.
    ///
    /// - Precondition: both have the same count.
    @inlinable
    static func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        var offset = 0
        while offset + 8 <= left.count {
            let leftWord = left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            let rightWord = right.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            if leftWord != rightWord { return false }
            offset += 8
        }
        while offset < left.count {
            if left[offset] != right[offset] { return false }
            offset += 1
        }
        return true
    }

    @inlinable
    public func hash(into hasher: inout Hasher) {
        withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}

extension Bytes: Comparable {
    /// Byte by byte, the shorter first.
    public static func < (left: Bytes, right: Bytes) -> Bool {
        left.withUnsafeBytes { leftBytes in
            right.withUnsafeBytes { leftBytes.lexicographicallyPrecedes($0) }
        }
    }
}

extension Bytes: ExpressibleByStringLiteral, ExpressibleByArrayLiteral, CustomStringConvertible {
    public init(stringLiteral text: String) { self.init(text) }
    public init(arrayLiteral elements: UInt8...) { self.init(elements) }
    public var description: String { "\(count) bytes" }
}

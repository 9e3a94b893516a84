public import Toolbox

/// The path of a node, as bytes. What a client sent may be no valid path: see `fault`.
///
/// Slices such as `parent` share its storage. A path that was decoded shares its frame's:
/// `detached()` it before keeping it.
public struct ZnodePath: Hashable, Comparable, Sendable, ExpressibleByStringLiteral,
    CustomStringConvertible
{
    public let bytes: Bytes

    @inlinable public init(_ bytes: Bytes) { self.bytes = bytes }
    public init(stringLiteral text: String) { self.init(Bytes(text)) }

    public static let root: ZnodePath = "/"

    @inlinable public var isRoot: Bool { bytes.count == 1 && bytes[0] == UInt8(ascii: "/") }

    /// Everything before the last slash, or the root; nil for the root and where there is no slash.
    public var parent: ZnodePath? {
        guard let slash = lastSlash, !isRoot else { return nil }
        return slash == 0 ? .root : ZnodePath(bytes.slice(0..<slash))
    }

    /// What is behind the last slash: empty for the root; the whole where there is no slash.
    public var name: Bytes {
        guard let slash = lastSlash else { return bytes }
        return bytes.suffix(from: slash + 1)
    }

    /// The path of a child, in a buffer of its own.
    public func child(named name: Bytes) -> ZnodePath {
        var writer = ByteWriter(reserving: bytes.count + 1 + name.count)
        writer.writeRaw(bytes)
        if !isRoot { writer.write(UInt8(ascii: "/")) }
        writer.writeRaw(name)
        return ZnodePath(writer.take())
    }

    /// Whether it lies below `other`, at any depth; false for `other` itself.
    public func isDescendant(of other: ZnodePath) -> Bool {
        if other.isRoot { return bytes.count > 1 && bytes[0] == UInt8(ascii: "/") }
        let length = other.bytes.count
        guard bytes.count > length, bytes[length] == UInt8(ascii: "/") else { return false }
        return bytes.slice(0..<length) == other.bytes
    }

    /// Whether a slash is in it, and so a parent can be looked for.
    public var hasSlash: Bool { lastSlash != nil }

    /// Whether a zero byte is in it.
    public var containsNull: Bool { bytes.withUnsafeBytes { $0.contains(0) } }

    /// The same in a buffer of its own.
    public func detached() -> ZnodePath { ZnodePath(bytes.detached()) }

    public static func < (left: Self, right: Self) -> Bool { left.bytes < right.bytes }

    public var description: String {
        bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    private var lastSlash: Int? {
        bytes.withUnsafeBytes { $0.lastIndex(of: UInt8(ascii: "/")) }
    }
}

extension ZnodePath: ByteCodable {
    public func encode(into writer: inout ByteWriter) { writer.writeJute(bytes) }

    /// Null is refused, anything else is read: the rules of paths are `fault`'s.
    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        self.init(try reader.readJuteRequired("path"))
    }

    static let encodedBytesMinimum = 4
}

// MARK: - Sequential names

extension ZnodePath {
    /// The path with a counter behind it, as `%010d` prints it; a buffer of its own.
    public func appending(counter: Int32) -> ZnodePath {
        var writer = ByteWriter(reserving: bytes.count + 11)
        writer.writeRaw(bytes)
        var divisor: UInt32 = 1_000_000_000
        if counter < 0 {
            writer.write(UInt8(ascii: "-"))
            // The sign takes one of ten places, if the number leaves it free.
            if counter.magnitude < divisor { divisor /= 10 }
        }
        while divisor > 0 {
            let digit = UInt8(truncatingIfNeeded: counter.magnitude / divisor % 10)
            writer.write(UInt8(ascii: "0") + digit)
            divisor /= 10
        }
        return ZnodePath(writer.take())
    }
}

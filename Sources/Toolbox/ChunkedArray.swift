/// An array that grows at its end only, kept in chunks of 128.
///
/// Copying it costs a reference; the first change after a copy then costs one chunk and a list of
/// chunks, not all elements. So a state that is being snapshotted stays cheap to change.
public struct ChunkedArray<Element: Sendable>: Sendable {
    @usableFromInline var chunks: [[Element]] = []
    @usableFromInline var length = 0

    @usableFromInline static var chunkBits: Int { 7 }
    @usableFromInline static var chunkMask: Int { (1 << chunkBits) - 1 }

    @inlinable
    public init() {}

    @inlinable public var count: Int { length }
    @inlinable public var isEmpty: Bool { length == 0 }
    @inlinable public var last: Element? { chunks.last?.last }

    @inlinable
    public mutating func append(_ element: Element) {
        if length & Self.chunkMask == 0 { chunks.append([]) }
        chunks[chunks.count - 1].append(element)
        length += 1
    }

    /// - Precondition: `0 <= index < count`.
    @inlinable
    public subscript(index: Int) -> Element {
        _read { yield chunks[index >> Self.chunkBits][index & Self.chunkMask] }
        _modify { yield &chunks[index >> Self.chunkBits][index & Self.chunkMask] }
    }
}

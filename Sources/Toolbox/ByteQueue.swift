/// Bytes that arrived in pieces and wait to be decoded, first in, first out.
///
/// Pieces keep their own storage: nothing is copied or scanned again when more arrives. The caller
/// bounds it by decoding what it appends before it appends more.
public struct ByteQueue: Sendable {
    private var pieces: [Bytes] = []
    private var frontIndex = 0
    /// Bytes that wait.
    public private(set) var count = 0

    public init() {}

    public var isEmpty: Bool { count == 0 }

    /// The first bytes, as far as they lie in one piece; nil when there are none.
    public var front: Bytes? { isEmpty ? nil : pieces[frontIndex] }

    public mutating func append(_ bytes: Bytes) {
        guard !bytes.isEmpty else { return }
        pieces.append(bytes)
        count += bytes.count
    }

    /// At most `maximum` bytes from the front, as far as they lie in one piece, sharing its
    /// storage.
    public mutating func take(atMost maximum: Int) -> Bytes {
        guard let piece = front else { return Bytes() }
        invariant(maximum >= 0, "take \(maximum) bytes")
        count -= min(maximum, piece.count)
        guard maximum >= piece.count else {
            pieces[frontIndex] = piece.suffix(from: maximum)
            return piece.slice(0..<maximum)
        }
        pieces[frontIndex] = Bytes()
        frontIndex += 1
        dropTakenPieces()
        return piece
    }

    /// All bytes in one run; the queue is empty afterwards.
    public mutating func takeAll() -> Bytes {
        if pieces.count - frontIndex == 1 { return take(atMost: count) }
        var writer = ByteWriter(reserving: count)
        while !isEmpty { writer.writeRaw(take(atMost: count)) }
        return writer.take()
    }

    public mutating func removeAll() {
        pieces = []
        frontIndex = 0
        count = 0
    }

    /// Taken pieces leave the array in large batches, so that each is moved a bounded number of
    /// times.
    private mutating func dropTakenPieces() {
        if frontIndex == pieces.count {
            pieces.removeAll(keepingCapacity: true)
            frontIndex = 0
        } else if frontIndex >= 32, frontIndex * 2 >= pieces.count {
            pieces.removeFirst(frontIndex)
            frontIndex = 0
        }
    }
}

public import Toolbox
public import Vocabulary

/// Some of the ring's arcs, as one bit each: what a node asks a stream for.
///
/// It says by itself what is meant: who reads it needs no ring, and so cannot have another one.
public struct ArcSet: Hashable, Sendable {
    private static let wordsCount = Int(Limits.arcsCount) / UInt64.bitWidth

    /// Bit `n % 64` of word `n / 64` is arc `n`.
    private var words: [UInt64]

    /// No arc.
    public init() { words = [UInt64](repeating: 0, count: Self.wordsCount) }

    /// The arcs that `node` owns. O(arcs).
    public init(of node: NodeID, in ring: Ring) {
        self.init()
        for arc in 0..<Limits.arcsCount where ring.owner(of: ArcID(arc)) == node {
            words[Int(arc >> 6)] |= 1 << UInt64(arc & 63)
        }
    }

    public var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    public func contains(_ arc: ArcID) -> Bool {
        words[Int(arc.rawValue >> 6)] >> UInt64(arc.rawValue & 63) & 1 == 1
    }

    /// Whether the user's arc is among them.
    public func contains(_ user: UserID) -> Bool { contains(Ring.arc(of: user)) }

    // MARK: Bytes

    /// 2,048 bytes: the words, in their order.
    public func encode(into writer: inout ByteWriter) {
        for word in words { writer.write(word) }
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        self.init()
        for position in words.indices { words[position] = try reader.read() }
    }
}

public import Toolbox

/// 128 random bits that make each token unlike any other. Drawn by whoever may touch chance.
public struct TokenNonce: Hashable, Sendable {
    public let high: UInt64
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    public func encode(into writer: inout ByteWriter) {
        writer.writeBigEndian(high)
        writer.writeBigEndian(low)
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        high = try reader.readBigEndian()
        low = try reader.readBigEndian()
    }
}

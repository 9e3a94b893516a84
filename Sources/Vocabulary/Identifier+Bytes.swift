public import Toolbox

/// An identifier is written as its number, little-endian, in its own width.
extension ByteCodable where Self: Identifier {
    @inlinable
    public func encode(into writer: inout ByteWriter) { writer.write(rawValue) }

    @inlinable
    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        self.init(rawValue: try reader.read(RawValue.self))
    }
}

extension UserID: ByteCodable {}
extension ChatID: ByteCodable {}
extension DeviceID: ByteCodable {}
extension LogIndex: ByteCodable {}
extension SequenceNumber: ByteCodable {}

extension WallTime: ByteCodable {
    @inlinable
    public func encode(into writer: inout ByteWriter) { writer.write(milliseconds) }

    @inlinable
    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        self.init(milliseconds: try reader.read(Int64.self))
    }
}

extension ClientMessageID: ByteCodable {
    /// The 16 bytes in the order of the text.
    @inlinable
    public func encode(into writer: inout ByteWriter) {
        writer.writeBigEndian(high)
        writer.writeBigEndian(low)
    }

    @inlinable
    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        self.init(high: try reader.readBigEndian(), low: try reader.readBigEndian())
    }
}

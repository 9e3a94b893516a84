import Toolbox

/// The head of a text frame with no fragments behind it, where all of the frame has arrived.
struct WholeText {
    let headCount: Int
    let payloadCount: Int
    let key: UInt32?

    /// The first byte of a final text frame without reserved bits (RFC 6455 §5.2).
    private static let firstByte: UInt8 = 0x81

    /// Nil unless `bytes` begin with such a frame of fewer than 64 KiB and hold all of it.
    init?(at bytes: Bytes, isMasked: Bool) {
        guard bytes.count >= 2, bytes[0] == Self.firstByte, bytes[1] & 0x80 == (isMasked ? 0x80 : 0)
        else { return nil }
        let short = Int(bytes[1] & 0x7F)
        let lengthCount = short < 126 ? 0 : 2
        headCount = 2 + lengthCount + (isMasked ? 4 : 0)
        guard short < 127, bytes.count >= headCount else { return nil }
        payloadCount = short < 126 ? short : Int(bytes[2]) << 8 | Int(bytes[3])
        guard short < 126 || payloadCount >= 126, bytes.count >= headCount + payloadCount else {
            return nil
        }
        guard isMasked else {
            key = nil
            return
        }
        key = (headCount - 4..<headCount).reduce(0) { $0 << 8 | UInt32(bytes[$1]) }
    }
}

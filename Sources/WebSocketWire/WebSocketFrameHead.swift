import Toolbox

/// A frame's head while its 2 to 14 bytes arrive (RFC 6455 §5.2).
struct WebSocketFrameHead: Sendable {
    private var bytes = InlineArray<14, UInt8>(repeating: 0)
    private(set) var count = 0

    /// Bytes of the whole head, as far as it can be told.
    private var bytesNeeded: Int {
        guard count >= 2 else { return 2 }
        let extended =
            switch bytes[1] & 0x7F {
            case 127: 8
            case 126: 2
            default: 0
            }
        return 2 + extended + (isMasked ? 4 : 0)
    }

    var isComplete: Bool { count == bytesNeeded }
    var hasFirstByte: Bool { count >= 1 }
    var hasSecondByte: Bool { count >= 2 }

    var isFinal: Bool { bytes[0] & 0x80 != 0 }
    var hasReservedBits: Bool { bytes[0] & 0x70 != 0 }
    /// Nil for the opcodes that mean nothing.
    var opcode: WebSocketOpcode? { WebSocketOpcode(rawValue: bytes[0] & 0x0F) }
    var isMasked: Bool { bytes[1] & 0x80 != 0 }
    /// The length in seven bits; 126 and 127 say that the length follows.
    var shortLength: UInt8 { bytes[1] & 0x7F }

    /// The payload's length, once complete; nil if it is written in more bytes than it needs, or
    /// does not fit in 63 bits.
    var payloadCount: Int? {
        switch shortLength {
        case 126:
            let count = number(at: 2, bytes: 2)
            return count >= 126 ? Int(count) : nil
        case 127:
            let count = number(at: 2, bytes: 8)
            return count > 0xFFFF ? Int(exactly: count) : nil
        default: return Int(shortLength)
        }
    }

    /// The masking key, once complete.
    var maskingKey: UInt32? {
        isMasked ? UInt32(number(at: bytesNeeded - 4, bytes: 4)) : nil
    }

    /// Takes bytes from the front of `input` as long as the head needs them.
    mutating func read(from input: inout ByteQueue) {
        while !isComplete, !input.isEmpty {
            let piece = input.take(atMost: bytesNeeded - count)
            for offset in 0..<piece.count { bytes[count + offset] = piece[offset] }
            count += piece.count
        }
    }

    private func number(at start: Int, bytes size: Int) -> UInt64 {
        var number: UInt64 = 0
        for offset in start..<start + size { number = number << 8 | UInt64(bytes[offset]) }
        return number
    }
}

public import Toolbox

/// Writes frames. Messages are never fragmented; a client gives a mask, a server gives none.
public enum WebSocketEncoder {
    /// Bytes of a control frame's payload at most (RFC 6455 §5.5).
    public static let controlBytesMaximum = 125

    /// Appends a frame's head, so that a server can send one payload's bytes to many.
    ///
    /// - Parameters:
    ///   - mask: the masking key; its first byte on the wire is the most significant.
    ///   - isFinal: false if fragments of the same message follow.
    public static func writeHeader(
        opcode: WebSocketOpcode, payloadCount: Int, mask: UInt32? = nil, isFinal: Bool = true,
        into writer: inout ByteWriter
    ) {
        writer.write(opcode.rawValue | (isFinal ? 0x80 : 0))
        let maskBit: UInt8 = mask == nil ? 0 : 0x80
        switch payloadCount {
        case ...125: writer.write(UInt8(payloadCount) | maskBit)
        case ...0xFFFF:
            writer.write(126 | maskBit)
            writer.writeBigEndian(UInt16(payloadCount))
        default:
            writer.write(127 | maskBit)
            writer.writeBigEndian(UInt64(payloadCount))
        }
        if let mask { writer.writeBigEndian(mask) }
    }

    /// A text message. `payload` must be UTF-8.
    public static func text(_ payload: Bytes, mask: UInt32? = nil) -> Bytes {
        frame(.text, payload, mask: mask)
    }

    /// Appends a server's text message, written by `body` where it stands, behind room for its
    /// head.
    public static func writeText(
        into writer: inout ByteWriter, _ body: (inout ByteWriter) -> Void
    ) {
        let start = writer.count
        writer.write(0 as UInt32)
        body(&writer)
        let count = writer.count - start - 4
        let first = UInt32(WebSocketOpcode.text.rawValue | 0x80)
        // Little-endian: the first of the four bytes is the lowest.
        switch count {
        case ...125:
            writer.overwrite(first | UInt32(count) << 8, at: start)
            writer.closeGap(of: 2, before: start + 4)
        case ...0xFFFF:
            let length = UInt32(UInt16(count).byteSwapped)
            writer.overwrite(first | 126 << 8 | length << 16, at: start)
        default:
            let payload = writer.written(start + 4..<writer.count).detached()
            writer.closeGap(of: count + 4, before: writer.count)
            writeHeader(opcode: .text, payloadCount: count, into: &writer)
            writer.writeRaw(payload)
        }
    }

    public static func binary(_ payload: Bytes, mask: UInt32? = nil) -> Bytes {
        frame(.binary, payload, mask: mask)
    }

    /// - Precondition: at most `controlBytesMaximum` bytes.
    public static func ping(_ payload: Bytes = Bytes(), mask: UInt32? = nil) -> Bytes {
        invariant(payload.count <= controlBytesMaximum, "ping of \(payload.count) bytes")
        return frame(.ping, payload, mask: mask)
    }

    /// The answer to a ping, with the same bytes.
    ///
    /// - Precondition: at most `controlBytesMaximum` bytes.
    public static func pong(_ payload: Bytes, mask: UInt32? = nil) -> Bytes {
        invariant(payload.count <= controlBytesMaximum, "pong of \(payload.count) bytes")
        return frame(.pong, payload, mask: mask)
    }

    /// A close frame. A reason that is too long is cut at a character; without a code it is left
    /// out.
    ///
    /// - Precondition: the code may be sent.
    public static func close(
        code: UInt16?, reason: String = "", mask: UInt32? = nil
    ) -> Bytes {
        var payload = ByteWriter(reserving: controlBytesMaximum)
        if let code {
            invariant(WebSocketCloseCode.mayBeSent(code), "close code \(code)")
            payload.writeBigEndian(code)
            for scalar in reason.unicodeScalars {
                let bytes = Array(String(scalar).utf8)
                guard payload.count + bytes.count <= controlBytesMaximum else { break }
                payload.writeRaw(bytes)
            }
        }
        return frame(.close, payload.take(), mask: mask)
    }

    private static func frame(
        _ opcode: WebSocketOpcode, _ payload: Bytes, mask: UInt32?
    ) -> Bytes {
        var head = ByteWriter(reserving: 14 + (mask == nil ? payload.count : 0))
        writeHeader(opcode: opcode, payloadCount: payload.count, mask: mask, into: &head)
        guard let mask else {
            head.writeRaw(payload)
            return head.take()
        }
        let headCount = head.count
        let frame = [UInt8](unsafeUninitializedCapacity: headCount + payload.count) {
            target, count in
            let target = UnsafeMutableRawBufferPointer(target)
            head.withUnsafeBytes { target.copyMemory(from: $0) }
            _ = payload.withUnsafeBytes { source in
                WebSocketMask.apply(
                    mask, at: 0, from: source,
                    to: UnsafeMutableRawBufferPointer(rebasing: target[headCount...]))
            }
            count = headCount + payload.count
        }
        return Bytes(frame)
    }
}

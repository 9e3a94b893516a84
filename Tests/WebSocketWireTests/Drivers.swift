import Toolbox
import WebSocketWire

/// What came out of a decoder: the messages, and the failure that ended them.
struct Outcome: Equatable {
    var messages: [WebSocketMessage] = []
    var closeCode: UInt16?
}

/// All messages of a stream that arrives cut at `cuts`, which ascend.
func messages(
    in stream: Bytes, cutAt cuts: [Int] = [], role: WebSocketDecoder.Role = .client,
    limits: WebSocketLimits = WebSocketLimits(messageBytesMaximum: 1 << 20)
) -> Outcome {
    var decoder = WebSocketDecoder(role: role, limits: limits)
    var outcome = Outcome()
    for (start, end) in zip([0] + cuts, cuts + [stream.count]) {
        decoder.append(stream.slice(start..<end))
        do {
            while let message = try decoder.next() { outcome.messages.append(message) }
        } catch {
            outcome.closeCode = error.closeCode
        }
    }
    return outcome
}

/// A frame as a server sends it, rules or not: `first` is the byte with opcode and bits.
func frame(_ first: UInt8, _ payload: Bytes = Bytes()) -> Bytes {
    var writer = ByteWriter()
    writer.write(first)
    switch payload.count {
    case ...125: writer.write(UInt8(payload.count))
    case ...0xFFFF:
        writer.write(126 as UInt8)
        writer.writeBigEndian(UInt16(payload.count))
    default:
        writer.write(127 as UInt8)
        writer.writeBigEndian(UInt64(payload.count))
    }
    writer.writeRaw(payload)
    return writer.take()
}

func joined(_ frames: Bytes...) -> Bytes { Bytes(frames.flatMap(\.array)) }

/// From digits in base 16, spaces between.
func hexadecimal(_ digits: String) -> Bytes {
    Bytes(digits.split(separator: " ").map { UInt8($0, radix: 16) ?? 0 })
}

/// What ends a decoder's messages; nil if it only waits for more.
func failure(of decoder: inout WebSocketDecoder) -> WebSocketFailure? {
    do {
        while try decoder.next() != nil {}
        return nil
    } catch {
        return error
    }
}

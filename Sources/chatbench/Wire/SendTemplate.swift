import ChatWire
import HTTPWire
public import Toolbox
public import Vocabulary
import WebSocketWire

/// What sends a message to one chat, made beforehand but for what differs from message to message:
/// its number, its client id and the first digits of its text.
///
/// Frames carry `idBase` and the message's number as their `id`, so that all are of one length.
public struct SendTemplate: Sendable {
    /// Numbers stay below it.
    public static let idBase: UInt64 = 1_000_000_000

    private let bytes: [UInt8]
    /// Where the masked payload begins, behind the key; nil where nothing is masked.
    private let payloadPlace: Int?
    /// Where the ten digits of the frame's id stand; nil where there is none.
    private let idPlace: Int?
    private let clientIDPlace: Int
    private let textPlace: Int
    private let text: BenchText

    private static let probe = ClientMessageID(time: WallTime(milliseconds: 0), random: (0, 0))

    /// A `send` over a WebSocket.
    public init(frameTo chat: ChatID, text: BenchText) {
        let draft = MessageDraft(clientID: Self.probe, text: text.filler)
        let frame = ClientFrame.send(
            SendFrame(id: .number(Int64(Self.idBase)), chat: chat, draft: draft))
        var json = ByteWriter(reserving: 320 + text.filler.count)
        frame.encode(into: &json)
        // A key of zeros leaves everything as it is.
        let bytes = WebSocketEncoder.text(json.take(), mask: 0).array
        self.init(bytes, payloadPlace: Self.payloadPlace(of: bytes), text: text)
    }

    /// A `POST` of a message by the owner of `token`.
    public init(postTo chat: ChatID, host: String, token: Bytes, text: BenchText) {
        let draft = MessageDraft(clientID: Self.probe, text: text.filler)
        let headers: HTTPHeaders = [
            "Authorization": "Bearer \(token.text ?? "")", "Content-Type": "application/json",
        ]
        do throws(HTTPFailure) {
            let request = HTTPRequest(
                method: .post, target: try HTTPTarget(parsing: APIRoute.postMessage(chat).target),
                host: host, headers: headers, body: draft.encoded())
            self.init(request.encoded().array, payloadPlace: nil, text: text)
        } catch {
            unreachable("our own target: \(error)")
        }
    }

    private init(_ bytes: [UInt8], payloadPlace: Int?, text: BenchText) {
        self.bytes = bytes
        self.payloadPlace = payloadPlace
        self.text = text
        let id = Self.place(behind: "\"id\":\(Self.idBase)", in: bytes)
        idPlace = payloadPlace == nil ? nil : id.map { $0 - 10 }
        let probe = "\"client_id\":\"\(Self.probe.description)\""
        guard let clientID = Self.place(behind: probe, in: bytes),
            let textPlace = Self.place(behind: "\"text\":\"", in: bytes)
        else { unreachable("our own message has no client id or no text") }
        clientIDPlace = clientID - 37
        self.textPlace = textPlace
    }

    /// Source: RFC 6455 §5.2.
    private static func payloadPlace(of frame: [UInt8]) -> Int {
        switch frame[1] & 0x7F {
        case 127: 14
        case 126: 8
        default: 6
        }
    }

    private static func place(behind word: String, in bytes: [UInt8]) -> Int? {
        let word = Array(word.utf8)
        guard word.count <= bytes.count else { return nil }
        let start = (0...bytes.count - word.count).first {
            bytes[$0..<$0 + word.count].elementsEqual(word)
        }
        return start.map { $0 + word.count }
    }

    // MARK: Filling in

    /// Appends message `number`.
    ///
    /// - Parameter mask: the masking key, a fresh one for each frame (RFC 6455 §5.3).
    public func write(
        _ number: UInt64, clientID: ClientMessageID, mask: UInt32, into out: inout OutgoingBytes
    ) {
        invariant(number < 9 * Self.idBase, "message \(number) has no room for its number")
        out.append(bytes.count) { frame in
            bytes.withUnsafeBytes { frame.copyMemory(from: $0) }
            if let idPlace { Self.writeDigits(Self.idBase + number, at: idPlace, in: frame) }
            Self.write(clientID, at: clientIDPlace, in: frame)
            text.writeNumber(
                number, into: UnsafeMutableRawBufferPointer(rebasing: frame[textPlace...]))
            if let payloadPlace { Self.apply(mask, from: payloadPlace, in: frame) }
        }
    }

    private static func writeDigits(
        _ number: UInt64, at place: Int, in frame: UnsafeMutableRawBufferPointer
    ) {
        var left = number
        for offset in (0..<10).reversed() {
            frame[place + offset] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: left % 10)
            left /= 10
        }
    }

    private static func write(
        _ id: ClientMessageID, at place: Int, in frame: UnsafeMutableRawBufferPointer
    ) {
        var (high, low) = (id.high, id.low)
        for offset in (0..<36).reversed() {
            if offset == 8 || offset == 13 || offset == 18 || offset == 23 { continue }
            let digit = UInt8(truncatingIfNeeded: (offset < 18 ? high : low) & 0xF)
            if offset < 18 { high >>= 4 } else { low >>= 4 }
            frame[place + offset] = digit < 10 ? 0x30 + digit : 0x57 + digit
        }
    }

    /// Source: RFC 6455 §5.3. Eight bytes at a time; the first byte on the wire is the lowest.
    private static func apply(
        _ mask: UInt32, from start: Int, in frame: UnsafeMutableRawBufferPointer
    ) {
        frame.storeBytes(of: mask.littleEndian, toByteOffset: start - 4, as: UInt32.self)
        let word = (UInt64(mask) | UInt64(mask) << 32).littleEndian
        var place = start
        while place + 8 <= frame.count {
            let masked = frame.loadUnaligned(fromByteOffset: place, as: UInt64.self) ^ word
            frame.storeBytes(of: masked, toByteOffset: place, as: UInt64.self)
            place += 8
        }
        var shift: UInt32 = 0
        while place < frame.count {
            frame[place] ^= UInt8(truncatingIfNeeded: mask >> shift)
            place += 1
            shift = (shift + 8) & 31
        }
    }
}

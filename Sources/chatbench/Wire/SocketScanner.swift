import Toolbox
public import Vocabulary
public import WebSocketWire

/// Reads what a server says over a WebSocket at the least cost.
///
/// Plain text frames are cut and read by their first members, where they lie. Everything else
/// (control frames, fragments, damage) goes the strict way of `WebSocketDecoder`, until that stands
/// between two messages again. What is skipped is not checked for UTF-8.
public struct SocketScanner: Sendable {
    public enum Found: Hashable, Sendable {
        case acknowledged(id: UInt64, seq: UInt64)
        /// `clientID` only where that was asked for, and stands where it is looked for.
        case entry(push: UInt64, clientID: ClientMessageID?)
        /// Anything else, whole.
        case message(WebSocketMessage)
    }

    /// What stands at the front.
    private enum Front {
        case quick(Found, bytes: Int)
        case text(Bytes, bytes: Int)
        case partial
        case notPlain
    }

    private let readsClientIDs: Bool
    private var arrived = ArrivedBytes()
    private var decoder: WebSocketDecoder
    private var isStrict = false

    /// - Parameters:
    ///   - readsClientIDs: of entries; else these are only counted.
    ///   - messageBytesMaximum: of what goes the strict way.
    public init(readsClientIDs: Bool, messageBytesMaximum: Int) {
        self.readsClientIDs = readsClientIDs
        decoder = WebSocketDecoder(
            role: .client, limits: WebSocketLimits(messageBytesMaximum: messageBytesMaximum))
    }

    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        if isStrict {
            decoder.append(Bytes(Array(bytes)))
        } else {
            arrived.append(bytes)
        }
    }

    /// The next message; nil until more bytes come.
    ///
    /// - Throws: how the server broke the protocol; the same again ever after.
    public mutating func next() throws(WebSocketFailure) -> Found? {
        if isStrict {
            if let message = try decoder.next() { return found(message) }
            guard !decoder.hasPartialMessage else { return nil }
            isStrict = false
        }
        let readsClientIDs = readsClientIDs
        switch arrived.withBytes({ Self.front(of: $0, readsClientIDs: readsClientIDs) }) {
        case .quick(let found, let count):
            arrived.drop(count)
            return found
        case .text(let text, let count):
            arrived.drop(count)
            return .message(.text(text))
        case .partial: return nil
        case .notPlain:
            decoder.append(Bytes(arrived.takeAll()))
            isStrict = true
            return try decoder.next().map { found($0) }
        }
    }

    /// The strict way tells the same as the quick one.
    private func found(_ message: WebSocketMessage) -> Found {
        guard case .text(let text) = message else { return .message(message) }
        return text.withUnsafeBytes { Self.quick($0, readsClientIDs: readsClientIDs) }
            ?? .message(message)
    }

    private static func quick(
        _ text: UnsafeRawBufferPointer, readsClientIDs: Bool
    ) -> Found? {
        switch QuickFrame(scanning: text) {
        case .acknowledged(let id, let seq): .acknowledged(id: id, seq: seq)
        case .entry(let push):
            .entry(
                push: push, clientID: readsClientIDs ? QuickFrame.clientID(inEntry: text) : nil)
        case nil: nil
        }
    }

    /// Source: RFC 6455 §5.2.
    private static func front(
        of bytes: UnsafeRawBufferPointer, readsClientIDs: Bool
    ) -> Front {
        guard bytes.count >= 2 else { return .partial }
        guard bytes[0] == 0x81 else { return .notPlain }
        let (head, count): (Int, Int)
        switch bytes[1] {
        case ...125: (head, count) = (2, Int(bytes[1]))
        case 126:
            guard bytes.count >= 4 else { return .partial }
            (head, count) = (4, Int(bytes[2]) << 8 | Int(bytes[3]))
            guard count > 125 else { return .notPlain }
        default: return .notPlain
        }
        guard bytes.count >= head + count else { return .partial }
        let payload = UnsafeRawBufferPointer(rebasing: bytes[head..<head + count])
        if let found = quick(payload, readsClientIDs: readsClientIDs) {
            return .quick(found, bytes: head + count)
        }
        // Cut out, and checked as text must be.
        return isText(payload) ? .text(Bytes(Array(payload)), bytes: head + count) : .notPlain
    }

    private static func isText(_ bytes: UnsafeRawBufferPointer) -> Bool {
        String(validating: bytes, as: UTF8.self) != nil
    }
}

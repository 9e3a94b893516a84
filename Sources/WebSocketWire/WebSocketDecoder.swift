public import Toolbox

/// Reads messages from what the other side sends (RFC 6455 §5 to §8).
///
/// Append what arrives, then call `next` until it gives nothing more. What breaks the protocol is
/// told as soon as the byte that breaks it is there; a failure is final. Memory grows with what has
/// arrived, never with what a frame announces.
public struct WebSocketDecoder: Sendable {
    /// Which side reads. What clients send is masked, what servers send is not.
    public enum Role: Sendable {
        case server
        case client
    }

    /// May be changed at any time; holds for frames whose head comes later.
    public var limits: WebSocketLimits

    private struct Frame: Sendable {
        let opcode: WebSocketOpcode
        let isFinal: Bool
        let maskingKey: UInt32?
        let count: Int
        var received = 0
    }

    private let role: Role
    private var input = ByteQueue()
    private var head = WebSocketFrameHead()
    /// The frame whose payload is being read.
    private var frame: Frame?
    /// The kind of the message whose fragments are being read.
    private var messageOpcode: WebSocketOpcode?
    private var fragmentsCount = 0
    private var message: [UInt8] = []
    private var control: [UInt8] = []
    private var validator = UTF8Validator()
    private var failure: WebSocketFailure?
    private var hasClosed = false

    public init(role: Role, limits: WebSocketLimits) {
        self.role = role
        self.limits = limits
    }

    /// Whether a message or frame has begun and not ended: its deadline runs.
    public var hasPartialMessage: Bool {
        frame != nil || messageOpcode != nil || head.hasFirstByte || !input.isEmpty
    }

    /// Bytes held for what is not complete.
    public var heldBytes: Int { input.count + message.count + control.count }

    public mutating func append(_ bytes: Bytes) {
        guard failure == nil, !hasClosed else { return }
        input.append(bytes)
    }

    /// The next message; nil until more bytes come, and for ever behind a close.
    ///
    /// - Throws: how to close; the same again ever after.
    public mutating func next() throws(WebSocketFailure) -> WebSocketMessage? {
        if let failure { throw failure }
        do {
            while !hasClosed {
                if let text = try takeWholeText() { return .text(text) }
                if frame == nil { frame = try readHead() }
                guard frame != nil else { return nil }
                if let message = try readPayload() { return message }
                if frame != nil { return nil }
            }
            return nil
        } catch {
            failure = error
            forgetAll()
            throw error
        }
    }

    private mutating func forgetAll() {
        input.removeAll()
        message = []
        control = []
        frame = nil
        messageOpcode = nil
        head = WebSocketFrameHead()
    }
}

// MARK: - Heads

extension WebSocketDecoder {
    private mutating func readHead() throws(WebSocketFailure) -> Frame? {
        head.read(from: &input)
        guard head.hasFirstByte else { return nil }
        let opcode = try checkedOpcode()
        if head.hasSecondByte { try checkSecondByte(of: opcode) }
        guard head.isComplete else { return nil }
        guard let count = head.payloadCount else { throw .protocolError("length") }
        if !opcode.isControl { try beginFragment(opcode, count: count) }
        defer { head = WebSocketFrameHead() }
        return Frame(
            opcode: opcode, isFinal: head.isFinal, maskingKey: head.maskingKey, count: count)
    }

    private func checkedOpcode() throws(WebSocketFailure) -> WebSocketOpcode {
        guard !head.hasReservedBits else { throw .protocolError("reserved bits") }
        switch head.opcode {
        case .text?, .binary?:
            guard messageOpcode == nil else { throw .protocolError("message within a message") }
        case .continuation?:
            guard messageOpcode != nil else { throw .protocolError("continuation of nothing") }
        case .close?, .ping?, .pong?:
            guard head.isFinal else { throw .protocolError("fragmented control frame") }
        case nil: throw .protocolError("reserved opcode")
        }
        return head.opcode ?? .continuation
    }

    private func checkSecondByte(of opcode: WebSocketOpcode) throws(WebSocketFailure) {
        switch role {
        case .server: guard head.isMasked else { throw .protocolError("frame is not masked") }
        case .client: guard !head.isMasked else { throw .protocolError("frame is masked") }
        }
        guard !opcode.isControl || head.shortLength <= 125 else {
            throw .protocolError("long control frame")
        }
    }

    private mutating func beginFragment(
        _ opcode: WebSocketOpcode, count: Int
    ) throws(WebSocketFailure) {
        guard count <= limits.messageBytesMaximum - message.count else {
            throw .tooBig("message of more than \(limits.messageBytesMaximum) bytes")
        }
        if opcode != .continuation {
            messageOpcode = opcode
            fragmentsCount = 0
            validator = UTF8Validator()
        }
        guard fragmentsCount < limits.fragmentsMaximum else {
            throw .tooBig("message of more than \(limits.fragmentsMaximum) fragments")
        }
        fragmentsCount += 1
    }
}

// MARK: - Whole texts

extension WebSocketDecoder {
    /// The usual case, read at a stroke: an unfragmented text that lies in one piece. Nil for
    /// whatever else is next; the general way tells what that is.
    private mutating func takeWholeText() throws(WebSocketFailure) -> Bytes? {
        guard frame == nil, messageOpcode == nil, !head.hasFirstByte, let front = input.front,
            let shape = WholeText(at: front, isMasked: role == .server),
            shape.payloadCount <= limits.messageBytesMaximum
        else { return nil }
        let whole = input.take(atMost: shape.headCount + shape.payloadCount)
        let payload = whole.suffix(from: shape.headCount)
        guard let key = shape.key else {
            try check(payload)
            return payload
        }
        var array = payload.withUnsafeBytes { [UInt8]($0) }
        let isASCII = array.withUnsafeMutableBytes {
            WebSocketMask.apply(key, at: 0, from: UnsafeRawBufferPointer($0), to: $0)
        }
        let text = Bytes(array)
        if !isASCII { try check(text) }
        return text
    }

    private func check(_ text: Bytes) throws(WebSocketFailure) {
        var validator = UTF8Validator()
        guard validator.append(text) else { throw .invalidText("text is not UTF-8") }
        guard validator.isComplete else { throw .invalidText("text ends within a character") }
    }
}

// MARK: - Payloads

extension WebSocketDecoder {
    /// Reads on in the frame; the message that it completes, if it does.
    private mutating func readPayload() throws(WebSocketFailure) -> WebSocketMessage? {
        guard var frame else { return nil }
        defer { self.frame = frame.received == frame.count ? nil : frame }
        if frame.opcode.isControl {
            while let piece = takePiece(of: &frame) { piece.append(to: &control) }
            return frame.received == frame.count ? try finishControl(frame.opcode) : nil
        }
        // The usual case: a whole message in one piece. Unmasked it is shared, masked copied once.
        if frame.isFinal, frame.received == 0, message.isEmpty, fragmentsCount == 1,
            frame.count <= input.front?.count ?? 0
        {
            let bytes = takePiece(of: &frame)?.bytes ?? Bytes()
            if messageOpcode == .text, !validator.append(bytes) {
                throw .invalidText("text is not UTF-8")
            }
            return try finishMessage(bytes)
        }
        while let piece = takePiece(of: &frame) { try gather(piece) }
        guard frame.received == frame.count, frame.isFinal else { return nil }
        defer { message = [] }
        return try finishMessage(Bytes(message))
    }

    /// Some bytes of a payload, still masked, and where they start in it.
    private struct Piece {
        let masked: Bytes
        let offset: Int
        let key: UInt32?

        /// The bytes without their mask.
        var bytes: Bytes {
            guard let key else { return masked }
            let count = masked.count
            return masked.withUnsafeBytes { source in
                let array = [UInt8](unsafeUninitializedCapacity: count) { target, filledCount in
                    WebSocketMask.apply(
                        key, at: offset, from: source, to: UnsafeMutableRawBufferPointer(target))
                    filledCount = count
                }
                return Bytes(array)
            }
        }

        /// Appends the bytes without their mask.
        func append(to array: inout [UInt8]) {
            let start = array.count
            masked.withUnsafeBytes { array.append(contentsOf: $0) }
            guard let key else { return }
            array.withUnsafeMutableBytes { all in
                let added = UnsafeMutableRawBufferPointer(rebasing: all[start...])
                WebSocketMask.apply(key, at: offset, from: UnsafeRawBufferPointer(added), to: added)
            }
        }
    }

    /// What is there of the rest of the frame, as far as it lies in one piece; nil if nothing is.
    private mutating func takePiece(of frame: inout Frame) -> Piece? {
        let masked = input.take(atMost: frame.count - frame.received)
        guard !masked.isEmpty else { return nil }
        defer { frame.received += masked.count }
        return Piece(masked: masked, offset: frame.received, key: frame.maskingKey)
    }

    private mutating func gather(_ piece: Piece) throws(WebSocketFailure) {
        let start = message.count
        piece.append(to: &message)
        guard messageOpcode == .text else { return }
        let isText = message.withUnsafeBytes { all in
            validator.append(UnsafeRawBufferPointer(rebasing: all[start...]))
        }
        guard isText else { throw .invalidText("text is not UTF-8") }
    }

    private mutating func finishMessage(
        _ bytes: Bytes
    ) throws(WebSocketFailure) -> WebSocketMessage {
        defer { messageOpcode = nil }
        guard messageOpcode == .text else { return .binary(bytes) }
        guard validator.isComplete else { throw .invalidText("text ends within a character") }
        return .text(bytes)
    }

    private mutating func finishControl(
        _ opcode: WebSocketOpcode
    ) throws(WebSocketFailure) -> WebSocketMessage {
        let payload = Bytes(control)
        control = []
        switch opcode {
        case .ping: return .ping(payload)
        case .pong: return .pong(payload)
        case .close: return try finishClose(payload)
        case .continuation, .text, .binary: unreachable("\(opcode) is no control frame")
        }
    }

    // Source: RFC 6455 §5.5.1 — nothing, or a code and a reason in UTF-8.
    private mutating func finishClose(
        _ payload: Bytes
    ) throws(WebSocketFailure) -> WebSocketMessage {
        guard payload.count != 1 else { throw .protocolError("half a close code") }
        var code: UInt16?
        var reason = Bytes()
        if payload.count >= 2 {
            let number = UInt16(payload[0]) << 8 | UInt16(payload[1])
            guard WebSocketCloseCode.mayBeSent(number) else {
                throw .protocolError("close code \(number)")
            }
            code = number
            reason = payload.suffix(from: 2)
        }
        guard let text = reason.text else { throw .invalidText("close reason is not UTF-8") }
        hasClosed = true
        input.removeAll()
        return .close(code: code, reason: text)
    }
}

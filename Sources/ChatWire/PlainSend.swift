import Toolbox
import Vocabulary

/// Reads a plain `send` at a stroke: flat, no escapes, no member twice.
///
/// Most frames are such. Whatever else comes is left to the general decoder, which also tells what
/// is wrong with it.
struct PlainSend {
    private let buffer: UnsafeRawBufferPointer
    private var offset = 0
    private var isSend = false
    private var id: Int64?
    private var chat: UInt64?
    private var clientID: ClientMessageID?
    private var text: Range<Int>?
    private var seen: Int64?

    /// The frame, if it is a plain `send` with nothing wrong about it; its text shares storage.
    static func read(_ bytes: Bytes) -> SendFrame? {
        bytes.withUnsafeBytes { buffer in
            var reader = PlainSend(buffer)
            return reader.readMembers() ? reader.frame(of: bytes) : nil
        }
    }

    /// The draft that is a whole body, if it is plain with nothing wrong about it.
    static func readDraft(_ bytes: Bytes) -> MessageDraft? {
        bytes.withUnsafeBytes { buffer in
            var reader = PlainSend(buffer)
            guard reader.readMembers(), !reader.isSend, reader.id == nil, reader.chat == nil else {
                return nil
            }
            return reader.draft(of: bytes)
        }
    }

    private init(_ buffer: UnsafeRawBufferPointer) { self.buffer = buffer }

    private func frame(of bytes: Bytes) -> SendFrame? {
        guard isSend, let id, let chat, let draft = draft(of: bytes) else { return nil }
        return SendFrame(id: .number(id), chat: ChatID(chat), draft: draft)
    }

    private func draft(of bytes: Bytes) -> MessageDraft? {
        guard let clientID, let text else { return nil }
        return MessageDraft(
            clientID: clientID, text: bytes.slice(text),
            seen: seen.map { SequenceNumber(UInt64($0)) })
    }

    // MARK: Members

    /// Whether the whole document is one object of members that are plain.
    private mutating func readMembers() -> Bool {
        skipSpace()
        guard take(UInt8(ascii: "{")) else { return false }
        repeat {
            skipSpace()
            guard let key = string() else { return false }
            skipSpace()
            guard take(UInt8(ascii: ":")) else { return false }
            skipSpace()
            guard readMember(key) else { return false }
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { return false }
        skipSpace()
        return offset == buffer.count
    }

    /// Keys are told apart by their length.
    private mutating func readMember(_ key: Range<Int>) -> Bool {
        switch key.count {
        case 2 where !isSend && holds("op", key):
            guard let value = string(), holds("send", value) else { return false }
            isSend = true
            return true
        case 2 where id == nil && holds("id", key):
            id = number()
            return id != nil
        case 4 where chat == nil && holds("chat", key):
            chat = numberInQuotes()
            return chat != nil
        case 4 where text == nil && holds("text", key): return readText()
        case 4 where seen == nil && holds("seen", key):
            seen = number()
            return seen != nil
        case 9 where clientID == nil && holds("client_id", key):
            guard let value = string() else { return false }
            clientID = ClientMessageID(text: UnsafeRawBufferPointer(rebasing: buffer[value]))
            return clientID != nil
        default: return false
        }
    }

    private mutating func readText() -> Bool {
        guard let value = string(), value.count <= Limits.textScalarsMaximum else { return false }
        text = value
        return true
    }

    private func holds(_ word: StaticString, _ range: Range<Int>) -> Bool {
        guard range.count == word.utf8CodeUnitCount else { return false }
        for index in 0..<range.count
        where buffer[range.lowerBound + index] != word.utf8Start[index] {
            return false
        }
        return true
    }

    // MARK: Values

    /// A string's bytes as they stand; nil if one of them does not stand for itself, or the text
    /// is not UTF-8.
    private mutating func string() -> Range<Int>? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        let start = offset
        var isASCII = true
        while offset < buffer.count {
            offset = JSONText.skipPlainWords(buffer, from: offset)
            guard offset < buffer.count else { return nil }
            let byte = buffer[offset]
            if byte == UInt8(ascii: "\"") {
                offset += 1
                let range = start..<offset - 1
                return isASCII || isText(range) ? range : nil
            }
            guard byte >= 0x20, byte != UInt8(ascii: "\\") else { return nil }
            if byte >= 0x80 { isASCII = false }
            offset += 1
        }
        return nil
    }

    private func isText(_ range: Range<Int>) -> Bool {
        var validator = UTF8Validator()
        return validator.append(UnsafeRawBufferPointer(rebasing: buffer[range]))
            && validator.isComplete
    }

    /// Digits without a leading zero, few enough that the number is below 2^53.
    private mutating func number() -> Int64? {
        digits(atMost: 15).map { Int64($0) }
    }

    private mutating func numberInQuotes() -> UInt64? {
        guard take(UInt8(ascii: "\"")), let number = digits(atMost: 19),
            take(UInt8(ascii: "\""))
        else { return nil }
        return number
    }

    private mutating func digits(atMost maximum: Int) -> UInt64? {
        let start = offset
        var number: UInt64 = 0
        while offset < buffer.count {
            let digit = buffer[offset] &- UInt8(ascii: "0")
            guard digit <= 9 else { break }
            guard offset - start < maximum else { return nil }
            number = number * 10 + UInt64(digit)
            offset += 1
        }
        let count = offset - start
        guard count > 0, count == 1 || buffer[start] != UInt8(ascii: "0") else { return nil }
        return number
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard offset < buffer.count, buffer[offset] == byte else { return false }
        offset += 1
        return true
    }

    private mutating func skipSpace() {
        while offset < buffer.count, buffer[offset] <= 0x20 {
            switch buffer[offset] {
            case 0x20, 0x09, 0x0A, 0x0D: offset += 1
            default: return
            }
        }
    }
}

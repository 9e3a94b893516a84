public import Toolbox
public import Vocabulary

/// A message of text alone, as nearly all entries are, written at a stroke.
public struct PlainEntry: Sendable {
    public var chat: ChatID
    public var seq: SequenceNumber
    public var ord: UInt64
    public var time: WallTime
    public var from: UserID
    public var clientID: ClientMessageID
    /// At most `textBytesMaximum` bytes.
    public var text: Bytes
    public var digest: UInt64

    /// A longer text is no longer what copying is cheap for.
    public static let textBytesMaximum = 3 << 10
    /// All members but the text, with numbers of any size.
    private static let otherBytesMaximum = 320

    public init(
        chat: ChatID, seq: SequenceNumber, ord: UInt64, time: WallTime, from: UserID,
        message: (clientID: ClientMessageID, text: Bytes, digest: UInt64)
    ) {
        self.chat = chat
        self.seq = seq
        self.ord = ord
        self.time = time
        self.from = from
        clientID = message.clientID
        text = message.text
        digest = message.digest
    }

    /// Appends what `EntryFrame.encodedTail()` gives of the same entry; false, and nothing is
    /// written, if its text is long or needs escaping.
    public func writeTail(into writer: inout ByteWriter) -> Bool {
        guard text.count <= Self.textBytesMaximum, time.milliseconds >= 0, text.isPlainJSON else {
            return false
        }
        writer.write(atMost: Self.otherBytesMaximum + text.count) { pen in
            pen.write(#""chat":""#)
            pen.digits(chat.rawValue)
            pen.write(#"","seq":"#)
            pen.digits(seq.rawValue)
            pen.write(#","ord":"#)
            pen.digits(ord)
            pen.write(#","time":"#)
            pen.digits(time.milliseconds.magnitude)
            pen.write(#","from":""#)
            pen.digits(from.rawValue)
            pen.write(#"","kind":"message","client_id":""#)
            clientID.withText { pen.write($0) }
            pen.write(#"","text":""#)
            text.withUnsafeBytes { pen.write($0) }
            pen.write(#"","digest":""#)
            pen.hexDigits(digest)
            pen.write(#""}"#)
        }
        return true
    }
}

extension Bytes {
    /// Whether nothing in it needs escaping where it stands in a JSON string.
    fileprivate var isPlainJSON: Bool {
        withUnsafeBytes { buffer in
            var offset = 0
            while offset < buffer.count {
                offset = JSONText.skipPlainWords(buffer, from: offset)
                guard offset < buffer.count else { break }
                let byte = buffer[offset]
                if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                    return false
                }
                offset += 1
            }
            return true
        }
    }
}

extension EntryFrame {
    /// Appends the whole frame that pushes the entry with this tail, a copy of it.
    public static func write(push: UInt64, copying tail: Bytes, into writer: inout ByteWriter) {
        writer.write(atMost: 48 + tail.count) { pen in
            pen.write(#"{"op":"entry","push":"#)
            pen.digits(push)
            pen.write(UInt8(ascii: ","))
            tail.withUnsafeBytes { pen.write($0) }
        }
    }
}

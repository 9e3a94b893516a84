public import Toolbox
public import Vocabulary

/// What a sender writes: the body of `send` and of `POST /v1/chats/{id}/messages`.
public struct MessageDraft: Hashable, Sendable {
    public var clientID: ClientMessageID
    /// UTF-8, at most `Limits.textScalarsMaximum` scalars.
    public var text: Bytes
    /// The highest position that the device has shown.
    public var seen: SequenceNumber?
    public var replyTo: SequenceNumber?
    /// At most `mentionsMaximum`.
    public var mentions: [UserID] = []
    /// At most `attachmentsMaximum`, each of at most `attachmentBytesMaximum` bytes.
    public var attachments: [String] = []

    public static let mentionsMaximum = 100
    public static let attachmentsMaximum = 16
    public static let attachmentBytesMaximum = 64

    public init(clientID: ClientMessageID, text: Bytes, seen: SequenceNumber? = nil) {
        self.clientID = clientID
        self.text = text
        self.seen = seen
    }
}

extension MessageDraft: JSONBody {
    public init(decoding bytes: Bytes) throws(FrameFailure) {
        if let plain = PlainSend.readDraft(bytes) {
            self = plain
            return
        }
        let fields = try Fields(decoding: bytes)
        do throws(ErrorReport) {
            try self.init(from: fields)
        } catch {
            throw .invalid(error, id: nil)
        }
    }

    func writeMembers(into json: inout JSONWriter) {
        json.member("client_id", clientID)
        json.member("text", text)
        json.member("seen", ifAny: seen)
        json.member("reply_to", ifAny: replyTo)
        json.members("mentions", mentions)
        json.members("attachments", attachments)
    }

    init(from fields: Fields) throws(ErrorReport) {
        clientID = try fields.clientID("client_id")
        text = try Self.bounded(try fields.bytes("text"))
        seen = try fields.optionalSequence("seen")
        replyTo = try fields.optionalSequence("reply_to")
        mentions = try fields.identifiers("mentions", maximum: Self.mentionsMaximum)
        attachments = try fields.texts(
            "attachments", maximum: Self.attachmentsMaximum, bytes: Self.attachmentBytesMaximum)
    }

    /// Counts scalars only where the bytes alone do not tell.
    private static func bounded(_ text: Bytes) throws(ErrorReport) -> Bytes {
        guard text.count > Limits.textScalarsMaximum else { return text }
        let scalars = text.unicodeScalarsCount
        guard scalars > Limits.textScalarsMaximum else { return text }
        var report = ErrorReport(
            .tooLong, "text: \(scalars) Unicode scalars, \(Limits.textScalarsMaximum) at most")
        report.field = "text"
        throw report
    }
}

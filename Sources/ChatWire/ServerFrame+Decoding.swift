public import Toolbox
import Vocabulary

extension ServerFrame {
    /// Reads one text message of a server.
    public static func decode(_ bytes: Bytes) throws(FrameFailure) -> ServerFrame {
        let fields = try Fields(decoding: bytes)
        let id = fields.optional("id").flatMap(FrameID.init)
        do throws(ErrorReport) {
            return try decode(try fields.bytes("op"), id: id, fields)
        } catch {
            throw .invalid(error, id: id)
        }
    }

    private static func decode(
        _ operation: Bytes, id: FrameID?, _ fields: Fields
    ) throws(ErrorReport) -> ServerFrame {
        if operation.equals("ok") { return .ok(id: id, try Answer(fields)) }
        if operation.equals("entry") {
            return .entry(push: try fields.number("push"), try EntryFrame(from: fields))
        }
        if operation.equals("error") { return .error(id: id, try ErrorReport(from: fields)) }
        if operation.equals("pong") { return .pong(time: try fields.time("time")) }
        if operation.equals("gap") {
            return .gap(
                push: try fields.number("push"), chat: try fields.identifier("chat"),
                head: try fields.sequence("head"))
        }
        if operation.equals("welcome") { return .welcome(try Welcome(id: id, fields)) }
        if operation.equals("receipt") { return .receipt(try Receipt(fields)) }
        if operation.equals("goaway") { return .goaway(try Goaway(fields)) }
        let push = try fields.optionalNumber("push")
        if operation.equals("chat"), let push, let change = try ConversationChange(fields) {
            return .chat(push: push, change)
        }
        return .unknown(operation: operation.prefix(unicodeScalars: 32).text ?? "", push: push)
    }
}

extension ServerFrame.Answer {
    /// The answers tell themselves apart by a member that only one kind has.
    init(_ fields: Fields) throws(ErrorReport) {
        if let status = try fields.optionalCount("status") {
            self = .called(status: status, body: fields.optional("body")?.encoded())
        } else if fields.optional("entries") != nil {
            self = .page(try EntryPage(from: fields))
        } else if fields.optional("chats") != nil {
            self = .conversations(try ConversationPage(from: fields))
        } else if fields.optional("seq") != nil {
            self = .sent(try SendReceipt(from: fields))
        } else {
            self = .nothing
        }
    }
}

extension Welcome {
    init(id: FrameID?, _ fields: Fields) throws(ErrorReport) {
        self.init(
            session: try fields.identifier("session"), user: try fields.identifier("user"),
            device: try fields.identifier("device"), node: try fields.node("node"),
            time: try fields.time("time"), cursor: try fields.bytes("cursor"))
        self.id = id
        ringEpoch = RingEpoch(try fields.number("ring_epoch"))
        heartbeatMilliseconds = Int(try fields.number("heartbeat_ms"))
        isResumed = try fields.optionalFlag("resumed") ?? false
        isBehind = try fields.optionalFlag("behind")
        if let given = try fields.optionalFields("limits") { limits = try ClientLimits(given) }
    }
}

extension ClientLimits {
    init(_ fields: Fields) throws(ErrorReport) {
        textScalars = try fields.optionalCount("text_scalars") ?? textScalars
        messageBytes = try fields.optionalCount("message_bytes") ?? messageBytes
        chatMembers = try fields.optionalCount("chat_members") ?? chatMembers
        pageEntries = try fields.optionalCount("page_entries") ?? pageEntries
        mentions = try fields.optionalCount("mentions") ?? mentions
        attachments = try fields.optionalCount("attachments") ?? attachments
    }
}

extension ConversationChange {
    /// Nil for a change that this side does not know.
    init?(_ fields: Fields) throws(ErrorReport) {
        guard let change = Change(rawValue: try fields.text("change")) else { return nil }
        self.init(
            chat: try fields.identifier("chat"), change: change,
            read: try fields.optionalSequence("read"))
    }
}

extension Receipt {
    init(_ fields: Fields) throws(ErrorReport) {
        self.init(
            chat: try fields.identifier("chat"), user: try fields.identifier("user"),
            delivered: try fields.optionalSequence("delivered"),
            read: try fields.optionalSequence("read"))
    }
}

extension Goaway {
    init(_ fields: Fields) throws(ErrorReport) {
        self.init(
            reason: try fields.choice("reason"),
            afterMilliseconds: Int(try fields.number("after_ms")),
            url: try fields.optionalText("url"))
    }
}

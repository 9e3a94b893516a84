import Toolbox
import Vocabulary

extension EntryFrame {
    func writeMembers(into json: inout JSONWriter) {
        json.member("chat", chat)
        json.member("seq", seq)
        json.member("ord", ord)
        json.member("time", time)
        json.member("from", from)
        json.member("kind", kind.rawValue)
        if let clientID { json.member("client_id", clientID) }
        if !isDeleted { json.member("text", ifAny: text) }
        json.member("target", ifAny: target)
        json.members("users", users)
        json.member("more", ifTrue: hasMore)
        json.key("digest")
        json.hexDigits(digest)
        json.member("reply_to", ifAny: replyTo)
        json.members("mentions", mentions)
        json.members("attachments", attachments)
        json.member("edited", ifAny: edited)
        json.member("deleted", ifTrue: isDeleted)
        json.member("emoji", ifAny: emoji)
        if let isOn { json.member("on", isOn) }
        json.member("role", ifAny: role?.rawValue)
        json.member("title", ifAny: title)
        if let bodyHash, hasMore || isDeleted {
            json.key("body_hash")
            json.hexDigits(bodyHash)
        }
    }

    init(from fields: Fields) throws(ErrorReport) {
        chat = try fields.identifier("chat")
        seq = try fields.sequence("seq")
        ord = try fields.number("ord")
        time = try fields.time("time")
        from = try fields.identifier("from")
        kind = try fields.choice("kind")
        digest = try fields.require("digest", try fields.optionalHexNumber("digest"))
        clientID = try fields.optionalClientID("client_id")
        text = try fields.optionalBytes("text")
        target = try fields.optionalSequence("target")
        users = try fields.identifiers("users")
        hasMore = try fields.optionalFlag("more") ?? false
        replyTo = try fields.optionalSequence("reply_to")
        mentions = try fields.identifiers("mentions")
        attachments = try fields.texts("attachments")
        edited = try fields.optionalSequence("edited")
        isDeleted = try fields.optionalFlag("deleted") ?? false
        emoji = try fields.optionalText("emoji")
        isOn = try fields.optionalFlag("on")
        role = try fields.optionalChoice("role")
        title = try fields.optionalText("title")
        bodyHash = try fields.optionalHexNumber("body_hash")
    }
}

extension JSONWriter {
    mutating func value(_ entry: EntryFrame) {
        beginObject()
        entry.writeMembers(into: &self)
        endObject()
    }
}

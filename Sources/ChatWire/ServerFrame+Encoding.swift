public import Toolbox
import Vocabulary

extension ServerFrame {
    /// Appends the frame as a text message.
    public func encode(into writer: inout ByteWriter) {
        if case .entry(let push, let entry) = self {
            return EntryFrame.write(push: push, tail: entry.encodedTail(), into: &writer)
        }
        if case .ok(.number(let id), .sent(let receipt)) = self,
            receipt.writePlainly(id: id, into: &writer)
        {
            return
        }
        writer.writeJSON { json in
            json.beginObject()
            write(into: &json)
            json.endObject()
        }
    }

    private func write(into json: inout JSONWriter) {
        switch self {
        case .welcome(let welcome): welcome.write(into: &json)
        case .ok(let id, let answer):
            json.member("op", "ok")
            json.member("id", ifAny: id)
            answer.write(into: &json)
        case .error(let id, let report):
            json.member("op", "error")
            json.member("id", ifAny: id)
            report.writeMembers(into: &json)
        case .entry(let push, let entry):
            json.begin("entry", push: push)
            entry.writeMembers(into: &json)
        case .gap(let push, let chat, let head):
            json.begin("gap", push: push)
            json.member("chat", chat)
            json.member("head", head)
        case .chat(let push, let change):
            json.begin("chat", push: push)
            json.member("chat", change.chat)
            json.member("change", change.change.rawValue)
            json.member("read", ifAny: change.read)
        case .receipt(let receipt): receipt.write(into: &json)
        case .goaway(let goaway): goaway.write(into: &json)
        case .pong(let time):
            json.member("op", "pong")
            json.member("time", time)
        case .unknown(let operation, let push):
            json.member("op", operation)
            json.member("push", ifAny: push)
        }
    }
}

extension SendReceipt {
    /// The whole frame at a stroke, as nearly all receipts are written; false, and nothing is
    /// written, for one that has more to say.
    fileprivate func writePlainly(id: Int64, into writer: inout ByteWriter) -> Bool {
        let offline = offline ?? []
        guard id >= 0, time.milliseconds >= 0, !isDuplicate, !hasMoreOffline, offline.count <= 4
        else { return false }
        writer.write(atMost: 256) { pen in
            pen.write(#"{"op":"ok","id":"#)
            pen.digits(id.magnitude)
            pen.write(#","seq":"#)
            pen.digits(seq.rawValue)
            pen.write(#","ord":"#)
            pen.digits(ord)
            pen.write(#","time":"#)
            pen.digits(time.milliseconds.magnitude)
            if self.offline != nil {
                pen.write(#","offline":["#)
                for (index, user) in offline.enumerated() {
                    if index > 0 { pen.write(UInt8(ascii: ",")) }
                    pen.write(UInt8(ascii: "\""))
                    pen.digits(user.rawValue)
                    pen.write(UInt8(ascii: "\""))
                }
                pen.write(UInt8(ascii: "]"))
            }
            pen.write(UInt8(ascii: "}"))
        }
        return true
    }
}

extension ServerFrame.Answer {
    func write(into json: inout JSONWriter) {
        switch self {
        case .sent(let receipt): receipt.writeMembers(into: &json)
        case .page(let page): page.writeMembers(into: &json)
        case .conversations(let page): page.writeMembers(into: &json)
        case .called(let status, let body):
            json.member("status", Int64(status))
            if let body {
                json.key("body")
                json.raw(body)
            }
        case .nothing: break
        }
    }
}

extension Welcome {
    func write(into json: inout JSONWriter) {
        json.member("op", "welcome")
        json.member("id", ifAny: id)
        json.member("session", session)
        json.member("user", user)
        json.member("device", device)
        json.member("node", Int64(node.rawValue))
        json.member("ring_epoch", ringEpoch.rawValue)
        json.member("time", time)
        json.member("heartbeat_ms", Int64(heartbeatMilliseconds))
        json.member("resumed", isResumed)
        json.member("cursor", cursor)
        if let isBehind { json.member("behind", isBehind) }
        json.key("limits")
        json.beginObject()
        json.member("text_scalars", Int64(limits.textScalars))
        json.member("message_bytes", Int64(limits.messageBytes))
        json.member("chat_members", Int64(limits.chatMembers))
        json.member("page_entries", Int64(limits.pageEntries))
        json.member("mentions", Int64(limits.mentions))
        json.member("attachments", Int64(limits.attachments))
        json.endObject()
    }
}

extension Receipt {
    func write(into json: inout JSONWriter) {
        json.member("op", "receipt")
        json.member("chat", chat)
        json.member("user", user)
        json.member("delivered", ifAny: delivered)
        json.member("read", ifAny: read)
    }
}

extension Goaway {
    func write(into json: inout JSONWriter) {
        json.member("op", "goaway")
        json.member("reason", reason.rawValue)
        json.member("after_ms", Int64(afterMilliseconds))
        json.member("url", ifAny: url)
    }
}

extension JSONWriter {
    mutating func begin(_ operation: StaticString, push: UInt64) {
        key("op")
        word(operation)
        member("push", push)
    }

    /// A string that needs no escaping.
    private mutating func word(_ word: StaticString) {
        value(
            UnsafeRawBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    }
}

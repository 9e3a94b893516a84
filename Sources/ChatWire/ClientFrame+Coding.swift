public import Toolbox
import Vocabulary

extension ClientFrame {
    /// Reads one text message of a client.
    public static func decode(_ bytes: Bytes) throws(FrameFailure) -> ClientFrame {
        if let send = PlainSend.read(bytes) { return .send(send) }
        let fields = try Fields(decoding: bytes)
        let id = fields.optional("id").flatMap(FrameID.init)
        do throws(ErrorReport) {
            guard let operation = fields.optional("op")?.bytes else {
                throw ErrorReport(.malformed, "op: a frame needs one, as a string")
            }
            if id == nil, fields.optional("id") != nil {
                throw ErrorReport.invalidField(
                    "id", "must be an integer to 2^53 - 1 or a string to 64 bytes")
            }
            return try decode(operation, id: id, fields)
        } catch {
            throw .invalid(error, id: id)
        }
    }

    private static func decode(
        _ operation: Bytes, id: FrameID?, _ fields: Fields
    ) throws(ErrorReport) -> ClientFrame {
        if operation.equals("send") { return .send(try SendFrame(id: id, fields)) }
        if operation.equals("ping") { return .ping(push: try fields.optionalNumber("push")) }
        if operation.equals("mark") { return .mark(try MarkFrame(fields)) }
        if operation.equals("get") { return .get(try GetFrame(id: id, fields)) }
        if operation.equals("sync") { return .sync(try SyncFrame(id: id, fields)) }
        if operation.equals("hello") { return .hello(try Hello(id: id, fields)) }
        if operation.equals("call") { return .call(try CallFrame(id: id, fields)) }
        let name = operation.prefix(unicodeScalars: 32).text ?? ""
        return .unknown(operation: name, id: id)
    }

    /// Appends the frame as a text message.
    public func encode(into writer: inout ByteWriter) {
        writer.writeJSON { json in
            json.beginObject()
            write(into: &json)
            json.endObject()
        }
    }

    private func write(into json: inout JSONWriter) {
        switch self {
        case .hello(let hello): hello.write(into: &json)
        case .send(let send): send.write(into: &json)
        case .get(let get): get.write(into: &json)
        case .sync(let sync): sync.write(into: &json)
        case .mark(let mark): mark.write(into: &json)
        case .call(let call): call.write(into: &json)
        case .ping(let push):
            json.member("op", "ping")
            json.member("push", ifAny: push)
        case .unknown(let operation, let id):
            json.member("op", operation)
            json.member("id", ifAny: id)
        }
    }
}

extension Hello {
    init(id: FrameID?, _ fields: Fields) throws(ErrorReport) {
        self.init(id: id, token: try fields.bytes("token"))
        device = try fields.optionalIdentifier("device")
        cursor = try fields.optionalBytes("cursor")
        resume = Self.resume(fields.optional("resume"))
    }

    private static func resume(_ value: JSONValue?) -> Resume {
        guard let value else { return .none }
        guard let object = value.object else { return .malformed }
        let fields = Fields(object)
        do throws(ErrorReport) {
            return .from(
                session: try fields.identifier("session"), push: try fields.number("push"))
        } catch {
            return .malformed
        }
    }

    func write(into json: inout JSONWriter) {
        json.member("op", "hello")
        json.member("id", ifAny: id)
        json.member("token", token)
        if let device { json.member("device", device) }
        switch resume {
        case .none: break
        case .from(let session, let push):
            json.key("resume")
            json.beginObject()
            json.member("session", session)
            json.member("push", push)
            json.endObject()
        case .malformed: json.member("resume", false)
        }
        json.member("cursor", ifAny: cursor)
    }
}

extension SendFrame {
    init(id: FrameID?, _ fields: Fields) throws(ErrorReport) {
        self.init(
            id: try fields.require("id", id), chat: try fields.identifier("chat"),
            draft: try MessageDraft(from: fields))
    }

    func write(into json: inout JSONWriter) {
        json.member("op", "send")
        json.member("id", ifAny: id)
        json.member("chat", chat)
        draft.writeMembers(into: &json)
    }
}

extension GetFrame {
    init(id: FrameID?, _ fields: Fields) throws(ErrorReport) {
        let position = try Page.position(
            after: try fields.optionalSequence("after"),
            before: try fields.optionalSequence("before"),
            around: try fields.optionalSequence("at"))
        self.init(
            id: try fields.require("id", id), chat: try fields.identifier("chat"),
            position: position, limit: try Page.clamped(try fields.optionalNumber("limit")))
    }

    func write(into json: inout JSONWriter) {
        json.member("op", "get")
        json.member("id", ifAny: id)
        json.member("chat", chat)
        switch position {
        case .newest: break
        case .after(let sequence): json.member("after", sequence)
        case .before(let sequence): json.member("before", sequence)
        case .around(let sequence): json.member("at", sequence)
        }
        json.member("limit", Int64(limit))
    }
}

extension SyncFrame {
    init(id: FrameID?, _ fields: Fields) throws(ErrorReport) {
        self.init(
            id: try fields.require("id", id), cursor: try fields.optionalBytes("cursor"),
            limit: try Page.clamped(try fields.optionalNumber("limit")))
    }

    func write(into json: inout JSONWriter) {
        json.member("op", "sync")
        json.member("id", ifAny: id)
        json.member("cursor", ifAny: cursor)
        json.member("limit", Int64(limit))
    }
}

extension MarkFrame {
    init(_ fields: Fields) throws(ErrorReport) {
        self.init(
            chat: try fields.identifier("chat"),
            delivered: try fields.optionalSequence("delivered"),
            read: try fields.optionalSequence("read"))
    }

    func write(into json: inout JSONWriter) {
        json.member("op", "mark")
        json.member("chat", chat)
        json.member("delivered", ifAny: delivered)
        json.member("read", ifAny: read)
    }
}

extension CallFrame {
    init(id: FrameID?, _ fields: Fields) throws(ErrorReport) {
        self.init(
            id: try fields.require("id", id), method: try fields.bytes("method"),
            target: try fields.bytes("path"), body: fields.optional("body"))
    }

    func write(into json: inout JSONWriter) {
        json.member("op", "call")
        json.member("id", ifAny: id)
        json.member("method", method)
        json.member("path", target)
        if let body {
            json.key("body")
            json.value(body)
        }
    }
}

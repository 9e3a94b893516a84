import Toolbox

/// The opening handshake (RFC 6455 §4), as names and values: HTTP itself is another room's.
public enum WebSocketHandshake {
    public struct Field: Hashable, Sendable {
        public let name: String
        public let value: String
    }

    /// What a server answers to a request that asks for a WebSocket.
    public enum Answer: Hashable, Sendable {
        /// Status 101 with these fields. The subprotocol is nil if the client offered none of ours.
        case accepted(subprotocol: String?, fields: [Field])
        /// This status with these fields.
        case refused(status: Int, what: String, fields: [Field])
    }

    /// What proves that the server read `key`; nil if it is not 16 bytes in base 64.
    public static func acceptKey(for key: String) -> String? {
        guard Base64.decode(key)?.count == 16 else { return nil }
        return Base64.text(of: SHA1.digest(of: Bytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")))
    }

    /// A server's answer to a request for the socket's path.
    ///
    /// - Parameters:
    ///   - subprotocols: those that the server speaks; the first one offered is chosen.
    ///   - values: the values of all the request's fields of that name, in order.
    public static func answer(
        method: String, subprotocols: [String], values: (String) -> [String]
    ) -> Answer {
        guard method == "GET" else {
            return refusal(405, "a WebSocket starts with GET", ("Allow", "GET"))
        }
        guard words(in: values("Upgrade")).contains(where: { isEqual($0, "websocket") }),
            words(in: values("Connection")).contains(where: { isEqual($0, "upgrade") })
        else {
            return refusal(426, "this is a WebSocket", ("Upgrade", "websocket"))
        }
        guard values("Sec-WebSocket-Version") == ["13"] else {
            return refusal(426, "WebSocket version", ("Sec-WebSocket-Version", "13"))
        }
        let keys = values("Sec-WebSocket-Key")
        guard keys.count == 1, let accept = keys.first.flatMap(acceptKey(for:)) else {
            return .refused(status: 400, what: "Sec-WebSocket-Key", fields: [])
        }
        let offered = words(in: values("Sec-WebSocket-Protocol"))
        let subprotocol = offered.first { subprotocols.contains($0) }
        var fields = [
            Field(name: "Upgrade", value: "websocket"),
            Field(name: "Connection", value: "Upgrade"),
            Field(name: "Sec-WebSocket-Accept", value: accept),
        ]
        if let subprotocol {
            fields.append(Field(name: "Sec-WebSocket-Protocol", value: subprotocol))
        }
        return .accepted(subprotocol: subprotocol, fields: fields)
    }

    /// The fields of a client's request, beside Host.
    ///
    /// - Precondition: `nonce` is 16 bytes, drawn anew for each connection.
    public static func requestFields(nonce: Bytes, subprotocol: String?) -> [Field] {
        invariant(nonce.count == 16, "nonce of \(nonce.count) bytes")
        var fields = [
            Field(name: "Upgrade", value: "websocket"),
            Field(name: "Connection", value: "Upgrade"),
            Field(name: "Sec-WebSocket-Key", value: Base64.text(of: nonce)),
            Field(name: "Sec-WebSocket-Version", value: "13"),
        ]
        if let subprotocol {
            fields.append(Field(name: "Sec-WebSocket-Protocol", value: subprotocol))
        }
        return fields
    }

    /// Whether a server's answer opens the WebSocket that a client asked for (RFC 6455 §4.1).
    ///
    /// No extension was offered, so none may be chosen; a subprotocol may be declined.
    public static func isOpened(
        byStatus status: Int, nonce: Bytes, subprotocol: String?, values: (String) -> [String]
    ) -> Bool {
        let chosen = values("Sec-WebSocket-Protocol")
        return status == 101
            && words(in: values("Upgrade")).contains { isEqual($0, "websocket") }
            && words(in: values("Connection")).contains { isEqual($0, "upgrade") }
            && values("Sec-WebSocket-Accept") == [acceptKey(for: Base64.text(of: nonce)) ?? ""]
            && values("Sec-WebSocket-Extensions").isEmpty
            && (chosen.isEmpty || chosen == [subprotocol ?? ""])
    }

    private static func refusal(
        _ status: Int, _ what: String, _ field: (name: String, value: String)
    ) -> Answer {
        var fields = [Field(name: field.name, value: field.value)]
        if status == 426, field.name != "Upgrade" {
            // Source: RFC 9110 §15.5.22 — 426 says to what to upgrade.
            fields.append(Field(name: "Upgrade", value: "websocket"))
        }
        return .refused(status: status, what: what, fields: fields)
    }

    /// The elements of comma-separated lists, without the white space around them.
    private static func words(in values: [String]) -> [String] {
        values.flatMap { value in
            value.utf8.split(separator: UInt8(ascii: ",")).map { element in
                let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
                let end = element.lastIndex { !isSpace($0) }.map { element.index(after: $0) }
                let word = element[..<(end ?? element.startIndex)].drop(while: isSpace)
                return String(decoding: Array(word), as: UTF8.self)
            }
        }
    }

    private static func isEqual(_ left: String, _ right: String) -> Bool {
        left.lowercased() == right
    }
}

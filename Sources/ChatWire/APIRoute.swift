public import Toolbox
public import Vocabulary

/// Which operation a method and a path name, in HTTP and in a `call` frame.
public enum APIRoute: Hashable, Sendable {
    /// `GET /v1/gateway`
    case gateway
    /// `GET /v1/socket`
    case socket
    /// `POST /v1/users`
    case createUser
    /// `GET /v1/users/me`
    case ownUser
    /// `GET /v1/users?name=`
    case findUser(name: Bytes)
    /// `GET /v1/users/{id}`
    case user(UserID)
    /// `POST /v1/sessions`
    case openSession
    /// `POST /v1/chats`
    case createChat
    /// `GET /v1/chats?cursor=&limit=`
    case chats(cursor: Bytes?, limit: Int)
    /// `GET /v1/chats/{id}`
    case chat(ChatID)
    /// `GET /v1/chats/{id}/members`
    case members(ChatID)
    /// `PUT /v1/chats/{id}/members/{user}`
    case putMember(ChatID, UserID)
    /// `DELETE /v1/chats/{id}/members/{user}`
    case removeMember(ChatID, UserID)
    /// `POST /v1/chats/{id}/messages`
    case postMessage(ChatID)
    /// `GET /v1/chats/{id}/messages?after=&before=&at=&limit=`
    case messages(ChatID, PagePosition, limit: Int)
    /// Everything else: answered by `unknown_op`.
    case unknown

    /// Characters of a path and its query; more is no route.
    public static let targetBytesMaximum = 8 << 10

    /// Finds the operation of a request.
    ///
    /// - Parameter target: the path, with its query if it has one.
    /// - Throws: `invalid_field` for a query that is wrong, `not_found` for an id that no chat or
    ///   user can have.
    public static func parse(method: Bytes, target: Bytes) throws(ErrorReport) -> APIRoute {
        guard target.count <= targetBytesMaximum else { return .unknown }
        let parts = target.split(at: UInt8(ascii: "?"), maximum: 2)
        let query = Query(parts.count > 1 ? parts[1] : Bytes())
        let segments = parts[0].split(at: UInt8(ascii: "/"), maximum: 8)
        guard segments.count >= 3, segments[0].isEmpty, segments[1].equals("v1") else {
            return .unknown
        }
        return try parse(method: method, segments: segments.dropFirst(2).map(\.self), query)
    }

    private static func parse(
        method: Bytes, segments: [Bytes], _ query: Query
    ) throws(ErrorReport) -> APIRoute {
        if segments[0].equals("chats") {
            return try parseChat(method: method, segments: segments, query)
        }
        if segments.count == 2, segments[0].equals("users"), method.equals("GET"),
            segments[1].decimalNumber != nil
        {
            return .user(try identifier(segments[1]))
        }
        if segments.count == 2, segments[0].equals("users"), segments[1].equals("me") {
            return method.equals("GET") ? .ownUser : .unknown
        }
        guard segments.count == 1 else { return .unknown }
        if method.equals("GET") {
            if segments[0].equals("socket") { return .socket }
            if segments[0].equals("gateway") { return .gateway }
            if segments[0].equals("users"), let name = try query.value(of: "name") {
                return .findUser(name: name)
            }
        } else if method.equals("POST") {
            if segments[0].equals("users") { return .createUser }
            if segments[0].equals("sessions") { return .openSession }
        }
        return .unknown
    }

    private static func parseChat(
        method: Bytes, segments: [Bytes], _ query: Query
    ) throws(ErrorReport) -> APIRoute {
        switch segments.count {
        case 1 where method.equals("POST"): return .createChat
        case 1 where method.equals("GET"):
            return .chats(
                cursor: try query.value(of: "cursor"),
                limit: try Page.clamped(try query.number("limit")))
        case 2 where method.equals("GET"): return .chat(try identifier(segments[1]))
        case 3: return try parsePart(method: method, of: segments[1], segments[2], query)
        case 4 where segments[2].equals("members"):
            if method.equals("PUT") {
                return .putMember(try identifier(segments[1]), try identifier(segments[3]))
            }
            if method.equals("DELETE") {
                return .removeMember(try identifier(segments[1]), try identifier(segments[3]))
            }
            return .unknown
        default: return .unknown
        }
    }

    private static func parsePart(
        method: Bytes, of chat: Bytes, _ part: Bytes, _ query: Query
    ) throws(ErrorReport) -> APIRoute {
        if part.equals("members"), method.equals("GET") { return .members(try identifier(chat)) }
        guard part.equals("messages") else { return .unknown }
        if method.equals("POST") { return .postMessage(try identifier(chat)) }
        guard method.equals("GET") else { return .unknown }
        let position = try Page.position(
            after: try query.sequence("after"), before: try query.sequence("before"),
            around: try query.sequence("at"))
        return .messages(
            try identifier(chat), position, limit: try Page.clamped(try query.number("limit")))
    }

    private static func identifier<ID: Identifier>(
        _ segment: Bytes
    ) throws(ErrorReport) -> ID where ID.RawValue == UInt64 {
        guard let number = segment.decimalNumber else {
            throw ErrorReport(.notFound, "there is no such path")
        }
        return ID(rawValue: number)
    }
}

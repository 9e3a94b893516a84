public import Toolbox
import Vocabulary

// The way back: what a client asks for an operation.
extension APIRoute {
    public var method: StaticString {
        switch self {
        case .gateway, .socket, .ownUser, .findUser, .user, .chats, .chat, .members, .messages,
            .unknown:
            "GET"
        case .createUser, .openSession, .createChat, .postMessage: "POST"
        case .putMember: "PUT"
        case .removeMember: "DELETE"
        }
    }

    /// The path, with its query if it has one.
    public var target: Bytes {
        var writer = ByteWriter(reserving: 48)
        switch self {
        case .gateway: writer.writeRaw("/v1/gateway")
        case .socket: writer.writeRaw("/v1/socket")
        case .createUser: writer.writeRaw("/v1/users")
        case .ownUser: writer.writeRaw("/v1/users/me")
        case .findUser(let name):
            writer.writeRaw("/v1/users?name=")
            Query.write(name, into: &writer)
        case .user(let user):
            writer.writeRaw("/v1/users/")
            writer.writeDigits(user.rawValue)
        case .openSession: writer.writeRaw("/v1/sessions")
        case .createChat: writer.writeRaw("/v1/chats")
        case .chats(let cursor, let limit):
            writer.writeRaw("/v1/chats?limit=")
            writer.writeDigits(UInt64(limit))
            if let cursor {
                writer.writeRaw("&cursor=")
                Query.write(cursor, into: &writer)
            }
        case .chat(let chat): Self.write(chat, "", into: &writer)
        case .members(let chat): Self.write(chat, "/members", into: &writer)
        case .putMember(let chat, let user), .removeMember(let chat, let user):
            Self.write(chat, "/members/", into: &writer)
            writer.writeDigits(user.rawValue)
        case .postMessage(let chat): Self.write(chat, "/messages", into: &writer)
        case .messages(let chat, let position, let limit):
            Self.write(chat, "/messages?limit=", into: &writer)
            writer.writeDigits(UInt64(limit))
            Self.write(position, into: &writer)
        case .unknown: writer.writeRaw("/")
        }
        return writer.take()
    }

    private static func write(_ chat: ChatID, _ rest: Bytes, into writer: inout ByteWriter) {
        writer.writeRaw("/v1/chats/")
        writer.writeDigits(chat.rawValue)
        writer.writeRaw(rest)
    }

    private static func write(_ position: PagePosition, into writer: inout ByteWriter) {
        switch position {
        case .newest: return
        case .after(let sequence):
            writer.writeRaw("&after=")
            writer.writeDigits(sequence.rawValue)
        case .before(let sequence):
            writer.writeRaw("&before=")
            writer.writeDigits(sequence.rawValue)
        case .around(let sequence):
            writer.writeRaw("&at=")
            writer.writeDigits(sequence.rawValue)
        }
    }
}

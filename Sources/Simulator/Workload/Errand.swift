import ChatWire
import HTTPWire
import Toolbox
import Vocabulary
import VirtualWorld

/// One HTTP call that a client wants answered, however often it must ask.
enum Errand: Sendable {
    case register
    case openSession
    case create(ConversationRequest, change: Int)
    case add(UserID, to: ChatID, change: Int)
    case remove(UserID, from: ChatID, change: Int)
    case post(MessageDraft, to: ChatID, send: Int)
    /// The same message once more, long after: `send` says what was answered first.
    case repost(MessageDraft, to: ChatID, send: Int)
    case read(ChatID, after: SequenceNumber?)
    /// All of a chat, from `after` on; what came so far is `entries`.
    case readAll(ChatID, after: SequenceNumber, entries: [EntryFrame])

    var route: APIRoute {
        switch self {
        case .register: .createUser
        case .openSession: .openSession
        case .create: .createChat
        case .add(let user, let chat, _): .putMember(chat, user)
        case .remove(let user, let chat, _): .removeMember(chat, user)
        case .post(_, let chat, _), .repost(_, let chat, _): .postMessage(chat)
        case .read(let chat, let after):
            .messages(chat, after.map { .after($0) } ?? .newest, limit: 20)
        case .readAll(let chat, let after, _): .messages(chat, .after(after), limit: 200)
        }
    }

    var needsToken: Bool {
        switch self {
        case .register, .openSession: false
        case .create, .add, .remove, .post, .repost, .read, .readAll: true
        }
    }

    /// What can not be given up, because somebody waits to know how it ended.
    func body(name: String, password: Bytes) -> Bytes {
        switch self {
        case .register: UserRequest(name: name, password: password).encoded()
        case .openSession: SessionRequest(name: name, password: password).encoded()
        case .create(let request, _): request.encoded()
        case .add: MemberRequest().encoded()
        case .post(let draft, _, _), .repost(let draft, _, _): draft.encoded()
        case .remove, .read, .readAll: Bytes()
        }
    }
}

/// How an attempt at an errand ended.
enum ErrandEnd: Sendable {
    case answered(status: Int, body: Bytes)
    /// The connection broke or nobody answered in time: the outcome is unknown.
    case unknown
}

/// The attempt at an errand that is under way.
struct ErrandAttempt: Sendable {
    enum State: Sendable {
        case waiting(until: WorldTime)
        case connecting(ConnectionID, node: Int)
        case asked(ConnectionID, HTTPResponseDecoder)
    }

    var errand: Errand
    var state: State
    /// Connections made for it.
    var attemptsCount = 0
    /// Whether an attempt ended without anybody knowing how.
    var isUncertain = false
    var deadline: WorldTime
    let invoked: WorldTime
}

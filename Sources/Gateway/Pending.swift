import ChatWire
import Membership
import Vocabulary

/// What an answer that is still to come belongs to, and what to do with it.
enum Pending: Sendable {
    // Accounts.
    case registerHash(Asker, UserRequest)
    case register(Asker)
    case logInAccount(Asker, SessionRequest)
    case logInVerify(Asker, SessionRequest, Account?)
    case logInDevice(Asker, UserID)
    case findUser(Asker)
    case describeUser(Asker)
    case ownUser(Asker)

    // Chats.
    case createChat(Asker, UserID)
    case presentHead(Asker, ChatID, fallback: SequenceNumber)
    case changeMembers(Asker)
    case describeChat(Asker)
    case members(Asker)
    case post(Asker)
    case page(Asker, ChatID)
    case listChats(Asker, UserID, ChatList)
    case listHeads(Asker, ChatList, stream: UInt64)
    /// A mark has no answer.
    case mark

    // Sessions.
    case joinChats(ConnectionID)
    case joinHeads(ConnectionID, stream: UInt64)
    case refreshChats(UserID)
    case refreshHeads(UserID)

    /// Whom to tell if there is no answer; nil where nobody waits.
    var asker: Asker? {
        switch self {
        case .registerHash(let asker, _), .register(let asker), .logInAccount(let asker, _),
            .logInVerify(let asker, _, _), .logInDevice(let asker, _), .findUser(let asker),
            .ownUser(let asker), .describeUser(let asker), .createChat(let asker, _),
            .presentHead(let asker, _, _),
            .changeMembers(let asker), .describeChat(let asker), .members(let asker),
            .post(let asker), .page(let asker, _), .listChats(let asker, _, _),
            .listHeads(let asker, _, _):
            asker
        case .mark, .joinChats, .joinHeads, .refreshChats, .refreshHeads: nil
        }
    }
}

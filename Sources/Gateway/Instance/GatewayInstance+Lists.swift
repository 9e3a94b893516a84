import ChatWire
import Membership
import Messages
import Vocabulary

// A user's chats: one look at his list, then one question per message group.
extension GatewayInstance {
    mutating func listChats(of user: UserID, _ list: ChatList, for asker: Asker) {
        ask(.lookUp(.chats(user: user)), .listChats(asker, user, list))
    }

    mutating func listedChats(
        _ answer: GatewayAnswer, of user: UserID, _ list: ChatList, for asker: Asker
    ) -> Outcome? {
        switch answer {
        case .found(.chats(let stream, let listed)):
            guard !listed.isEmpty else {
                return .conversations(list.page(of: [], positions: [], stream: stream))
            }
            ask(
                .heads(user: user, chats: listed.map(\.chat), since: list.since),
                .listHeads(asker, list, stream: stream))
            return nil
        case .found(.refused(let refusal)): return .refused(ErrorReport(refusal))
        case .failed(let failure): return .refused(ErrorReport(failure))
        case .found, .membership, .message, .page, .heads: return .refused(.unexpectedAnswer)
        }
    }

    /// One chat: a list of one. A chat one is not in is not in the list.
    func chatDescribed(_ answer: GatewayAnswer) -> Outcome {
        switch answer {
        case .heads(_, let heads):
            guard let head = heads.first else {
                return .refused(ErrorReport(MessageRefusal.notFound))
            }
            return .body(status: 200, ConversationHead(head).encoded())
        case .failed(let failure): return .refused(ErrorReport(failure))
        case .found, .membership, .message, .page: return .refused(.unexpectedAnswer)
        }
    }

    func listedHeads(_ answer: GatewayAnswer, _ list: ChatList, stream: UInt64) -> Outcome {
        switch answer {
        case .heads(let positions, let heads):
            .conversations(list.page(of: heads, positions: positions, stream: stream))
        case .failed(let failure): .refused(ErrorReport(failure))
        case .found, .membership, .message, .page: .refused(.unexpectedAnswer)
        }
    }
}

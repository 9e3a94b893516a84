import SystemIO
import Toolbox
import Vocabulary

/// Who writes to whom in a run.
struct Population {
    /// Somebody with an account.
    struct Person {
        let user: UserID
        let token: Bytes
        /// Where this person's devices meet.
        let home: NodeID
    }

    /// A direct chat.
    struct Conversation {
        let chat: ChatID
        /// Who writes: an index into `senders`.
        let sender: Int
        /// Who reads: an index into `receivers`, if these are connected.
        let receiver: Int?
    }

    var senders: [Person] = []
    /// Empty when receivers are offline.
    var receivers: [Person] = []
    var conversations: [Conversation] = []

    /// What each sender writes to: indices of conversations.
    func conversations(ofSender sender: Int) -> [Int] {
        conversations.indices.filter { conversations[$0].sender == sender }
    }
}

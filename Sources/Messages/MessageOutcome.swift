public import ReplicatedState
public import Toolbox
internal import Vocabulary

/// What `apply` says of one `MessageCommand`, not yet as bytes: on most replicas nobody waits for
/// them.
public struct MessageOutcome: MachineReply {
    /// Of a message: without its recipients.
    private let reply: MessageReply
    /// Of a message: the chat's members, and who of them sent it.
    private var readers: [UserID] = []
    private var sender: UserID?

    init(_ reply: MessageReply) { self.reply = reply }

    /// - Parameter readers: all members of the chat, if its message has recipients to be told.
    init(posted: Posted, by sender: UserID, to readers: [UserID]) {
        reply = .posted(posted)
        self.sender = sender
        self.readers = readers
    }

    static func refused(_ refusal: MessageRefusal) -> MessageOutcome {
        MessageOutcome(.refused(refusal))
    }

    /// The `MessageReply`.
    public func encoded() -> Bytes {
        guard case .posted(let posted) = reply, let sender else { return reply.encoded() }
        return posted.encodedReply(to: readers, by: sender)
    }
}

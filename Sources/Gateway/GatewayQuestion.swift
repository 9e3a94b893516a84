public import Membership
public import Messages
public import Toolbox
public import Vocabulary

/// What a gateway wants to know or have done by a replica group; answered within about 10 s.
public enum GatewayQuestion: Hashable, Sendable {
    /// Answered when in force (`.settled`, never `.pending`) or refused.
    case decide(MembershipCommand)
    /// Linearizable.
    case lookUp(MembershipQuery)
    case command(MessageCommand, chat: ChatID)
    /// Linearizable, at the chat's group.
    case query(MessageQuery, chat: ChatID)
    /// What `user` sees of those of `chats` that changed after `since`; a group that is not in
    /// `since` counts from 0. At most one request per group, answers merged.
    case heads(user: UserID, chats: [ChatID], since: [HeadsPosition])
}

/// How far one message group's log had been applied when it was asked.
public struct HeadsPosition: Hashable, Comparable, Sendable {
    public var group: ReplicaGroupID
    public var index: LogIndex

    public init(group: ReplicaGroupID, index: LogIndex) {
        self.group = group
        self.index = index
    }

    public static func < (left: Self, right: Self) -> Bool {
        (left.group, left.index) < (right.group, right.index)
    }
}

/// The answer to one `GatewayQuestion`, of the case that belongs to it or `.failed`.
public enum GatewayAnswer: Hashable, Sendable {
    /// To `decide`.
    case membership(MembershipReply)
    /// To `lookUp`.
    case found(MembershipAnswer)
    /// To `command`.
    case message(MessageReply)
    /// To `query`.
    case page(MessageAnswer)
    /// To `heads`: the position of every group asked, and the chats in any order.
    case heads(positions: [HeadsPosition], [ChatHead])
    case failed(GatewayFailure)
}

/// Why a question has no answer.
public enum GatewayFailure: Hashable, Sendable {
    /// Nothing was done: the group has no leader that a majority follows.
    case noQuorum
    /// Nothing is known about what was done.
    case timeout
    /// Nothing was done: too much is on its way already.
    case overloaded
    /// Nothing was done: this node has not caught up since it started.
    case notReady
}

/// Slow work: about 30 ms of a processor each.
public enum GatewayWork: Hashable, Sendable {
    case hash(password: Bytes)
    /// Whether `password` fits the crypt(3) string `hash`; nil is an unknown user and must take the
    /// same time.
    case verify(password: Bytes, hash: Bytes?)
}

public enum GatewayWorkResult: Hashable, Sendable {
    case hashed(Bytes)
    case verified(Bool)
    /// The worker could not do it.
    case failed
}

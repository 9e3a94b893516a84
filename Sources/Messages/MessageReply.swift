public import Vocabulary

/// What `apply` says of one `MessageCommand`.
public enum MessageReply: Hashable, Sendable {
    case posted(Posted)
    /// The change stands in the chat's log at `seq`; also for a repeat.
    case changed(seq: SequenceNumber, membersVersion: UInt64)
    case marked
    case refused(MessageRefusal)
}

public struct Posted: Hashable, Sendable {
    public var seq: SequenceNumber
    public var ord: UInt64
    public var time: WallTime
    /// The id was seen before: this is the first one's answer.
    public var isDuplicate: Bool
    /// The other members at `seq`, in order; empty for a duplicate and in chats of over 32.
    public var recipients: [UserID]

    public init(
        seq: SequenceNumber, ord: UInt64, time: WallTime, isDuplicate: Bool, recipients: [UserID]
    ) {
        self.seq = seq
        self.ord = ord
        self.time = time
        self.isDuplicate = isDuplicate
        self.recipients = recipients
    }
}

/// Why a command or query was not carried out.
public enum MessageRefusal: Hashable, Sendable {
    /// No such chat, or the user is not in it: told alike.
    case notFound
    case notAllowed
    /// With the group's log time.
    case clientIDEarly(time: WallTime)
    case clientIDExpired(time: WallTime)
    case clientIDConflict
    case tooLong
    case invalidField(String)
    /// An earlier version of the chat's membership has not arrived yet; the courier tries again.
    case outOfOrder(expected: UInt64)
    /// The bytes are no command or query of this version.
    case undecodable
}

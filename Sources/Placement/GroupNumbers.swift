public import Vocabulary

/// How replica groups are numbered, so that a number tells an operator what the group keeps.
public enum GroupNumbers {
    public static let coordination = ReplicaGroupID(0)
    /// The users, their chats and who is in them.
    public static let membership = ReplicaGroupID(1)
    /// Numbers below are kept for coordination and for partitions of membership.
    public static let messagesFirst: UInt32 = 100

    public static func messages(of shard: ShardID) -> ReplicaGroupID {
        ReplicaGroupID(messagesFirst + UInt32(shard.rawValue))
    }

    /// The shard that message group `group` keeps; nil for the other groups.
    public static func shard(of group: ReplicaGroupID) -> ShardID? {
        guard group.rawValue >= messagesFirst else { return nil }
        return UInt16(exactly: group.rawValue - messagesFirst).map { ShardID($0) }
    }
}

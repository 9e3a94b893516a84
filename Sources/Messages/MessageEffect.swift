public import Vocabulary

/// What an applied message command means outside the state, with all that a reader is shown.
/// Whoever leads streams it to the subscribers; see `MessageNews`.
public enum MessageEffect: Hashable, Sendable {
    /// A chat's log grew by `entry`; `readers` are its members as of that entry, in order.
    /// `removed` is who may no longer read from here on.
    case appended(chat: ChatID, entry: ChatEntry, readers: [UserID], removed: UserID?)
    /// A user's watermarks rose to these values.
    case marked(Mark)
}

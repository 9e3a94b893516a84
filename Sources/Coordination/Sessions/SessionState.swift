internal import Toolbox
internal import Vocabulary
internal import ZooKeeperWire

/// One session in the replicated state.
struct SessionState: Sendable {
    struct Closing: Sendable {
        /// The slots of the nodes that must still go, by path, the first last.
        var remaining: [UInt32]
        /// Who waits for the end, if its client asked for it.
        let requester: CoordinationRequester?
    }

    var timeoutMilliseconds: Int32
    var owner: CoordinationOwner
    var attachment: Zxid
    var openedAt: WallTime
    /// Empty from `closing` on.
    var ephemerals = SlotSet()
    var closing: Closing?

    var ephemeralsCount: Int { closing?.remaining.count ?? ephemerals.count }

    func described(as id: CoordinationSessionID) -> CoordinationSession {
        CoordinationSession(
            id: id, timeoutMilliseconds: timeoutMilliseconds, owner: owner,
            attachment: attachment, openedAt: openedAt, ephemeralsCount: ephemeralsCount,
            isClosing: closing != nil)
    }
}

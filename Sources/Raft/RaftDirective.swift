public import Vocabulary

/// What an instance wants done, in array order. Each is safe the moment it appears.
public enum RaftDirective: Hashable, Sendable {
    /// Make durable and report with `writeDidPersist`. A report of one token covers all before it.
    case persist(RaftWrite)
    /// May be lost, delayed, doubled and overtaken.
    case send(RaftMessage, to: RaftMember)
    /// Committed entries in log order, each exactly once per life of the instance.
    case apply([LogEntry])
    /// These reads may be answered from any state that has applied `at`, or more.
    case readReady([RequestID], at: LogIndex)
    /// These reads were not answered; this node does not lead, or has too many of them.
    case readRefused([RequestID])
    /// The follower needs entries that are gone from the log. Not repeated before
    /// `snapshotSendDidEnd`, which must follow in every case, or `peerRefusedConnection`.
    case sendSnapshot(to: RaftMember)
    /// For operators and for whoever keeps books on leadership.
    case observe(RaftObservation)
}

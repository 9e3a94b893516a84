import Messages
import Toolbox
import Vocabulary

/// Marks of all users of this node, per group, merged by maximum until they are proposed together.
struct MarkCollector: Sendable {
    private struct Reader: Hashable, Comparable {
        var chat: ChatID
        var user: UserID

        static func < (left: Reader, right: Reader) -> Bool {
            (left.chat, left.user) < (right.chat, right.user)
        }
    }

    private var marks: SortedMap<ReplicaGroupID, SortedMap<Reader, Mark>> = SortedMap()
    private(set) var nextDeadline: Instant?
    private let interval: Duration

    init(interval: Duration) { self.interval = interval }

    mutating func add(_ mark: Mark, to group: ReplicaGroupID, at now: Instant) {
        let reader = Reader(chat: mark.chat, user: mark.user)
        let present = marks[group]?[reader]
        var merged = mark
        merged.read = Self.later(present?.read, mark.read)
        merged.delivered = Self.later(present?.delivered, mark.delivered)
        marks[group, default: SortedMap()][reader] = merged
        if nextDeadline == nil { nextDeadline = now + interval }
    }

    /// Everything collected, if it is time.
    mutating func take(at now: Instant) -> [(group: ReplicaGroupID, marks: [Mark])] {
        guard let deadline = nextDeadline, deadline <= now else { return [] }
        let taken = marks.map { (group: $0.key, marks: $0.value.values) }
        marks = SortedMap()
        nextDeadline = nil
        return taken
    }

    private static func later(_ one: SequenceNumber?, _ other: SequenceNumber?) -> SequenceNumber? {
        guard let one else { return other }
        guard let other else { return one }
        return max(one, other)
    }
}

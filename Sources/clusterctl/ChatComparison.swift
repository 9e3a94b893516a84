import AdminWire
import Vocabulary

/// Copies of one chat, held against each other.
struct ChatComparison {
    /// Ascending by node.
    let copies: [ChatStatus]

    /// Copies that say something else than another one at the same head.
    var differing: [ChatStatus] {
        copies.filter { copy in copies.contains { $0.head == copy.head && !Self.agree($0, copy) } }
    }

    var isAtOneHead: Bool { copies.allSatisfy { $0.head == copies.first?.head } }

    /// The head fixes all of it: each entry counts, and each change of members is an entry.
    private static func agree(_ left: ChatStatus, _ right: ChatStatus) -> Bool {
        left.digest == right.digest && left.ord == right.ord
            && left.membersVersion == right.membersVersion
    }

    /// In words for people.
    var verdict: String {
        if !differing.isEmpty {
            return "the copies on \(differing.map { "\($0.node)" }.joined(separator: ", ")) differ"
        }
        if copies.count == 1 { return "one copy answers: there is nothing to compare it with" }
        return isAtOneHead
            ? "all \(copies.count) copies are the same"
            : "copies at the same head are the same; others are on their way"
    }
}

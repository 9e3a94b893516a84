import Toolbox
import VirtualWorld
import Vocabulary

/// People who write and read, each one thing at a time, and what they were told.
struct ClientCrowd: Sendable {
    struct Client: Sendable {
        /// Counts operations; a retry of a write keeps its number.
        var operation: UInt32 = 0
        var kind = OperationKind.read
        var isWaiting = false
        /// Asked so often already.
        var attempts = 0
        /// Everything up to here had been told to somebody when the operation began.
        var floor = LogIndex.zero
        /// The host to ask.
        var target: Int
        /// When the answer is given up.
        var givesUpAt: Int64 = 0
    }

    var all: [Client]
    var random: SeededRandom
    /// The greatest index that anybody was told: later operations must be behind it.
    private(set) var told = LogIndex.zero
    private(set) var writesCount = 0
    private(set) var readsCount = 0
    /// Nobody begins anything new.
    var isResting = false

    /// Nanoseconds until a client asks somebody else.
    static let patience = 600 * Nanoseconds.millisecond

    init(layout: RaftLayout, random: SeededRandom) {
        self.random = random
        all = (0..<layout.clients).map { Client(target: $0 % layout.hosts) }
    }

    var isIdle: Bool { all.allSatisfy { !$0.isWaiting } }

    mutating func begin(_ client: Int, _ kind: OperationKind) {
        all[client].operation += 1
        all[client].kind = kind
        all[client].isWaiting = true
        all[client].attempts = 0
        all[client].floor = told
    }

    /// The operation is over: it must lie behind everything that was told before it began
    /// (linearizability of a log: every write and read has one place in it, and places follow
    /// time).
    mutating func end(
        _ client: Int, at index: LogIndex, into violations: inout [Violation]
    ) {
        all[client].isWaiting = false
        let floor = all[client].floor
        let isBehind: Bool
        switch all[client].kind {
        case .write:
            isBehind = index > floor
            writesCount += 1
        case .read:
            isBehind = index >= floor
            readsCount += 1
        }
        if !isBehind {
            violations.append(
                Violation(
                    "ReadsAreFresh",
                    "client \(client + 1): \(all[client].kind) at \(index), begun when \(floor)"
                        + " had been told"))
        }
        told = max(told, index)
    }
}

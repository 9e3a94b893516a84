import ChatWire
import Toolbox
import Vocabulary
import VirtualWorld

/// What was sent once stands in the log once, however often it was repeated; and no device is shown
/// an entry twice.
enum NoDuplicate {
    static func check(
        _ history: History, logs: SortedMap<ChatID, ChatLog>, into violations: inout [Violation]
    ) {
        for log in logs.values {
            // For look-up only.
            var seen: [ClientMessageID: SequenceNumber] = [:]
            for (seq, entry) in log.entries {
                guard let id = entry.clientID else { continue }
                if let first = seen[id] {
                    violations.append(
                        Violation("NoDuplicate", "\(log.chat) has \(id) at \(first) and \(seq)"))
                }
                seen[id] = seq
            }
        }
    }
}

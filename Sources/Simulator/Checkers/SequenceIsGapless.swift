import ChatWire
import Toolbox
import Vocabulary
import VirtualWorld

/// `seq` counts 1, 2, 3, ...; `ord` counts the messages; time never goes back; ids are in their
/// time.
enum SequenceIsGapless {
    static func check(logs: SortedMap<ChatID, ChatLog>, into violations: inout [Violation]) {
        for log in logs.values {
            if let gap = log.firstGap {
                violations.append(
                    Violation("SequenceIsGapless", "\(log.chat) has no entry \(gap)"))
                continue
            }
            var (ord, time) = (UInt64(0), WallTime(milliseconds: 0))
            for (seq, entry) in log.entries {
                if entry.kind == .message { ord += 1 }
                if entry.ord != ord {
                    violations.append(
                        Violation(
                            "SequenceIsGapless",
                            "\(log.chat):\(seq) is message \(ord), not \(entry.ord)"
                        ))
                    break
                }
                if entry.time < time {
                    violations.append(
                        Violation(
                            "SequenceIsGapless", "\(log.chat):\(seq) is before its forerunner"))
                }
                time = entry.time
            }
        }
    }
}

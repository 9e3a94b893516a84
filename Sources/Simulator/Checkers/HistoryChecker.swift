import ChatWire
import Toolbox
import Vocabulary
import VirtualWorld

/// All promises of the client protocol, over what all clients of a run were told.
public enum HistoryChecker {
    public static func check(_ history: History, into violations: inout [Violation]) {
        var logs = SortedMap<ChatID, ChatLog>()
        DigestsAgree.check(history, logs: &logs, into: &violations)
        AcceptedIsNeverLost.check(history, logs: logs, into: &violations)
        NoDuplicate.check(history, logs: logs, into: &violations)
        SequenceIsGapless.check(logs: logs, into: &violations)
        RemovedMemberReadsNothing.check(history, logs: logs, into: &violations)
        OrderIsReal.check(history, into: &violations)
    }
}

import ChatWire
import Toolbox
import Vocabulary
import VirtualWorld

/// Who may send and read is decided by the members at the log's position: nobody else's message
/// stands there, nobody else is shown it, and once a removal is answered the chat is gone.
enum RemovedMemberReadsNothing {
    static func check(
        _ history: History, logs: SortedMap<ChatID, ChatLog>, into violations: inout [Violation]
    ) {
        for log in logs.values { checkSenders(log, into: &violations) }
        for showing in history.showings {
            guard let log = logs[showing.entry.chat] else { continue }
            checkShowing(showing, log, into: &violations)
        }
        for reading in history.readings + history.finalReadings {
            guard let log = logs[reading.chat] else { continue }
            checkReading(reading, history, log, into: &violations)
        }
        checkSendsAfterRemoval(history, logs, into: &violations)
    }

    private static func checkSenders(_ log: ChatLog, into violations: inout [Violation]) {
        for (seq, entry) in log.entries where entry.kind == .message {
            if !log.hasMember(entry.from, at: seq) {
                violations.append(
                    Violation(
                        "RemovedMemberReadsNothing",
                        "\(log.chat):\(seq) is from \(entry.from), who is not in it"))
            }
        }
    }

    /// An entry may be shown to who is in the chat there, or comes back later, or is leaving by it.
    private static func checkShowing(
        _ showing: History.Showing, _ log: ChatLog, into violations: inout [Violation]
    ) {
        let (user, seq) = (showing.user, showing.entry.seq)
        let mayRead =
            log.hasMember(user, at: seq) || showing.entry.users.contains(user)
            || log.nextJoin(of: user, after: seq) != nil
        if !mayRead {
            violations.append(
                Violation(
                    "RemovedMemberReadsNothing",
                    "\(user) was shown \(log.chat):\(seq) and is not in it"))
        }
    }

    /// A page that was asked for after the removal was answered, and given before anybody asked to
    /// take the user back, must not be.
    private static func checkReading(
        _ reading: History.Reading, _ history: History, _ log: ChatLog,
        into violations: inout [Violation]
    ) {
        guard reading.entries != nil else { return }
        for change in history.changes {
            guard change.chat == reading.chat, case .remove(reading.user) = change.kind,
                let seq = change.seq, let completed = change.completed,
                completed < reading.invoked
            else { continue }
            let isBack = history.changes.contains { other in
                guard other.chat == reading.chat, case .add(reading.user) = other.kind else {
                    return false
                }
                return other.invoked < reading.completed
                    && (other.seq.map { $0 > seq } ?? true)
            }
            if !isBack {
                violations.append(
                    Violation(
                        "RemovedMemberReadsNothing",
                        "\(reading.user) read \(log.chat) at \(reading.invoked) after the removal"
                            + " at \(seq) was answered"))
                return
            }
        }
    }

    /// A message that was accepted, and sent only after its sender's removal was answered.
    private static func checkSendsAfterRemoval(
        _ history: History, _ logs: SortedMap<ChatID, ChatLog>,
        into violations: inout [Violation]
    ) {
        for change in history.changes {
            guard case .remove(let user) = change.kind, let seq = change.seq,
                let chat = change.chat, let completed = change.completed
            else { continue }
            for send in history.sends where send.user == user && send.chat == chat {
                guard let accepted = send.acceptedAt, send.invoked > completed else { continue }
                let join = logs[chat]?.nextJoin(of: user, after: seq)
                if join.map({ $0 > accepted }) ?? true {
                    violations.append(
                        Violation(
                            "RemovedMemberReadsNothing",
                            "\(user) sent \(chat):\(accepted) after the removal at \(seq)"))
                }
            }
        }
    }
}

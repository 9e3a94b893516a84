import ChatWire
import Toolbox
import Vocabulary
import VirtualWorld

/// Every message that was accepted stands in its chat's log, where the sender was told and as he
/// wrote it.
enum AcceptedIsNeverLost {
    static func check(
        _ history: History, logs: SortedMap<ChatID, ChatLog>, into violations: inout [Violation]
    ) {
        // A chat that everybody has left is seen by nobody to its end.
        let readable = Set(
            history.finalReadings.filter { $0.entries != nil }.map(\.chat))
        for send in history.sends {
            guard let seq = send.acceptedAt, readable.contains(send.chat) else { continue }
            guard let entry = logs[send.chat]?.entries[seq] else {
                violations.append(
                    Violation("AcceptedIsNeverLost", "\(send.chat):\(seq) '\(send.text)' is gone"))
                continue
            }
            let isSame =
                entry.kind == .message && entry.from == send.user && entry.clientID == send.id
                && entry.text == Bytes(send.text)
            if !isSame {
                violations.append(
                    Violation(
                        "AcceptedIsNeverLost",
                        "\(send.chat):\(seq) is not '\(send.text)' of \(send.user)"))
            }
            if case .accepted(_, let ord, _) = send.outcome, ord != entry.ord {
                violations.append(
                    Violation("AcceptedIsNeverLost", "\(send.chat):\(seq) was told as ord \(ord)"))
            }
        }
        for change in history.changes {
            guard let seq = change.seq, let chat = change.chat, readable.contains(chat) else {
                continue
            }
            checkChange(change, logs[chat]?.entries[seq], chat, seq, into: &violations)
        }
    }

    private static func checkChange(
        _ change: History.Change, _ entry: EntryFrame?, _ chat: ChatID, _ seq: SequenceNumber,
        into violations: inout [Violation]
    ) {
        let isThere: Bool
        switch change.kind {
        case .create: isThere = entry?.kind == .join && seq == SequenceNumber(1)
        case .add(let user): isThere = entry?.kind == .join && entry?.users.contains(user) == true
        case .remove(let user):
            isThere = entry?.kind == .leave && entry?.users.contains(user) == true
        }
        if !isThere {
            violations.append(
                Violation("AcceptedIsNeverLost", "\(chat):\(seq) is not \(change.kind)"))
        }
    }
}

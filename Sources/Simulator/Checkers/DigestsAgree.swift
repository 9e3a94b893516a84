import ChatWire
import Toolbox
import Vocabulary
import VirtualWorld

/// One order and one content for everybody: all devices, pages and pushes show the same entry at
/// the same position.
enum DigestsAgree {
    static func check(
        _ history: History, logs: inout SortedMap<ChatID, ChatLog>,
        into violations: inout [Violation]
    ) {
        var seen: [(client: Int, EntryFrame)] = []
        for reading in history.finalReadings + history.readings {
            for entry in reading.entries ?? [] { seen.append((reading.client, entry)) }
        }
        for showing in history.showings { seen.append((showing.client, showing.entry)) }
        for (client, entry) in seen {
            let difference = logs[entry.chat, default: ChatLog(chat: entry.chat)].add(entry)
            if let difference {
                violations.append(
                    Violation(
                        "DigestsAgree",
                        "client\(client + 1) sees other \(difference) at \(entry.chat):\(entry.seq)"
                    ))
            }
        }
        for index in logs.keys { logs.update(index) { $0.settleMembers() } }
    }
}

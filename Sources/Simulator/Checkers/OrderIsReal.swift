import ChatWire
import Toolbox
import Vocabulary
import VirtualWorld

/// What was acknowledged before something else was begun stands before it, and is seen by it: each
/// chat's log is linearizable.
enum OrderIsReal {
    static func check(_ history: History, into violations: inout [Violation]) {
        // For look-up only: the highest position acknowledged in each chat so far.
        var acknowledged: [ChatID: SequenceNumber] = [:]
        for event in events(of: history) {
            switch event.kind {
            case .end:
                acknowledged[event.chat] = max(acknowledged[event.chat] ?? .zero, event.seq)
            case .begin(let what):
                guard let before = acknowledged[event.chat], event.seq < before + event.slack
                else { continue }
                violations.append(
                    Violation(
                        "OrderIsReal",
                        "\(what) of \(event.chat):\(event.seq) began at \(event.time), after"
                            + " \(before) was acknowledged"))
            }
        }
    }

    private enum Kind { case begin(String), end }

    private struct Event {
        let time: WorldTime
        let kind: Kind
        let chat: ChatID
        /// Where it stands, or how far it read.
        let seq: SequenceNumber
        /// 1 for what must stand behind, 0 for what must see.
        var slack: UInt64 = 0
    }

    private static func events(of history: History) -> [Event] {
        var events: [Event] = []
        for send in history.sends {
            guard case .accepted(let seq, _, _) = send.outcome, let completed = send.completed
            else { continue }
            events.append(
                Event(
                    time: send.invoked, kind: .begin("send"), chat: send.chat, seq: seq, slack: 1))
            events.append(Event(time: completed, kind: .end, chat: send.chat, seq: seq))
        }
        for reading in history.readings + history.finalReadings where reading.entries != nil {
            events.append(
                Event(
                    time: reading.invoked, kind: .begin("page"), chat: reading.chat,
                    seq: reading.head))
        }
        // What ends at the same time as something begins was not before it.
        return events.sorted { left, right in
            if left.time != right.time { return left.time < right.time }
            if case .begin = left.kind, case .end = right.kind { return true }
            return false
        }
    }
}

extension SequenceNumber {
    fileprivate static func + (seq: SequenceNumber, slack: UInt64) -> SequenceNumber {
        SequenceNumber(seq.rawValue + slack)
    }
}

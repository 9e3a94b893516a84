import AdminWire
import ChatWire
import ClientCore
import HTTPWire
import SystemIO
import Toolbox
import Vocabulary

// Reading everything back.
extension ClusterRun {
    private static let convergence = Duration.seconds(60)

    /// Every device was shown every entry that its chats have.
    func waitUntilCaughtUp() throws(ChaosFailure) {
        try wait(for: "all devices have caught up") {
            isEverybodyCaughtUp
        }
    }

    var isEverybodyCaughtUp: Bool {
        devices.allSatisfy { $0.client.isConnected && $0.client.isCaughtUp }
    }

    /// All copies of every chat have the same head, and then the same digest.
    func waitUntilCopiesAgree() throws(ChaosFailure) {
        let end = SystemClock.instant() + Self.convergence
        var open = members.keys
        while true {
            let questions = open.flatMap { chat in
                nodes.map {
                    Question(.chat(chat), to: $0.files.admins, token: files.adminToken)
                }
            }
            let answers = try askOnce(questions)
            var differing: [ChatID] = []
            for (index, chat) in open.enumerated() {
                let own = answers[(index * nodes.count)..<((index + 1) * nodes.count)]
                if !(try copiesAgree(on: chat, Array(own))) { differing.append(chat) }
            }
            guard let first = differing.first else { break }
            guard SystemClock.instant() < end else {
                throw .waitedInVain("the copies of \(first) on all nodes have one head")
            }
            open = differing
            try pause(.milliseconds(100))
        }
        say("all copies of \(members.count) chats agree")
    }

    /// - Parameter answers: of each node; who keeps no copy has not found the chat.
    private func copiesAgree(
        on chat: ChatID, _ answers: [HTTPResponse?]
    ) throws(ChaosFailure) -> Bool {
        var copies: [ChatStatus] = []
        for answer in answers where answer?.status != 404 {
            guard let answer, answer.status == 200 else { return false }
            do throws(AdminFailure) {
                copies.append(try ChatStatus.decode(answer.body))
            } catch {
                throw .answered("a chat that is none: \(error)")
            }
        }
        guard copies.count >= files.copiesCount else { return false }
        guard let first = copies.first, copies.allSatisfy({ $0.head == first.head }) else {
            return false
        }
        for copy in copies where copy.digest != first.digest {
            let text = "\(chat) at \(copy.head): \(first.node) and \(copy.node) have other digests"
            violations.append(Violation(.difference, text))
        }
        return true
    }

    /// Every chat, from every node, through the public protocol.
    func readEverything() throws(ChaosFailure) -> [ChatReading] {
        var readings: [ChatReading] = []
        for chat in members.keys {
            for node in nodes { readings.append(ChatReading(chat: chat, node: node.id)) }
        }
        var open = Array(readings.indices)
        while !open.isEmpty {
            let pages = try ask(
                open.map { nextPage(of: readings[$0]) }, "read messages", as: EntryPage.self)
            var still: [Int] = []
            for (index, page) in zip(open, pages) {
                readings[index].entries += page.entries
                readings[index].head = page.head
                let last = page.entries.last?.seq ?? page.head
                if last < page.head { still.append(index) }
            }
            open = still
        }
        let count = readings.reduce(0) { $0 + $1.entries.count }
        say("read \(count) entries back from \(nodes.count) nodes")
        return readings
    }

    private func nextPage(of reading: ChatReading) -> Question {
        guard let member = members[reading.chat]?.first,
            let node = nodes.first(where: { $0.id == reading.node })
        else { unreachable("a reading of nothing") }
        let position = PagePosition.after(reading.entries.last?.seq ?? .zero)
        let call = HTTPCall(
            .messages(reading.chat, position, limit: Page.limitMaximum),
            token: devices[member].token)
        return Question(call, to: node.files.clients)
    }

    /// Compares what was read with what was sent and what was shown.
    func compare(_ readings: [ChatReading]) throws(ChaosFailure) {
        violations += HistoryCheck.check(messages, readings)
        violations += deliveries.violations
        for reading in readings {
            violations += deliveries.check(against: reading)
            for device in members[reading.chat] ?? [] {
                let shown = deliveries.head(of: reading.chat, on: device)
                guard shown < reading.head else { continue }
                let text = "device \(device) was shown \(reading.chat) up to \(shown), not"
                violations.append(Violation(.lost, "\(text) \(reading.head)"))
            }
        }
    }
}

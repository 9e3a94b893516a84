import AdminWire
import Toolbox
import Vocabulary

/// `clusterctl chat`
struct ChatCommand: Command {
    static let description = CommandDescription(
        path: ["chat"], summary: "Shows a chat's copies and whether they are the same.",
        operands: [.init("ID", help: "the chat's number, such as 4 or c4")],
        details: """
            Asks every node. Exits with 1 if copies at the same head differ, or no node has it.
            Copies that are at different heads are looked at again for half a second.
            """)

    private static let looksMaximum = 6
    private static let lookInterval = Duration.milliseconds(100)

    private let chat: ChatID

    init(_ arguments: CommandArguments) throws(ControlFailure) {
        chat = try CommandArguments.id(arguments.operands[0], "a chat's number")
    }

    func run(
        _ options: GlobalOptions, _ console: inout some Console
    ) throws(ControlFailure) -> ControlStatus {
        let door = try options.door()
        var reading = try look(door)
        for _ in 1..<Self.looksMaximum where !Self.comparison(reading).isAtOneHead {
            try pause(Self.lookInterval)
            reading = try look(door)
        }
        let comparison = Self.comparison(reading)
        reading.complain(&console)
        guard let first = comparison.copies.first else {
            guard reading.status == .good else { return reading.status }
            throw .bad("no node that answers has chat \(chat.digits)")
        }
        console.write(
            options.printsJSON ? Self.json(comparison) : Self.text(comparison, first))
        return comparison.differing.isEmpty ? .good : .bad
    }

    /// What each node has; nil for one that has no copy.
    private func look(_ door: ClusterDoor) throws(ControlFailure) -> NodeReading<ChatStatus?> {
        NodeReading(try door.askAll(.chat(chat))) { answer throws(AdminCallFailure) in
            do throws(AdminCallFailure) {
                return try answer.shape(ChatStatus.self)
            } catch .refused(status: 404, _) {
                return nil
            }
        }
    }

    private static func comparison(_ reading: NodeReading<ChatStatus?>) -> ChatComparison {
        ChatComparison(copies: reading.told.compactMap(\.value))
    }

    private static func text(_ comparison: ChatComparison, _ chat: ChatStatus) -> String {
        let members = chat.members.map {
            $0.role == .member ? "\($0.user)" : "\($0.user) (\($0.role.rawValue))"
        }
        let facts = Table.facts([
            ("chat", "\(chat.chat)"), ("kind", chat.kind.rawValue), ("title", chat.title),
            ("shard", "\(chat.shard) in \(chat.group)"),
            ("members", members.joined(separator: ", ")),
        ])
        var table = Table(columns: [
            .init("NODE"), .init("HEAD", .right), .init("ORD", .right),
            .init("MEMBERS VERSION", .right), .init("DIGEST"),
        ])
        for copy in comparison.copies {
            table.append([
                "\(copy.node)", copy.head.digits, String(copy.ord), String(copy.membersVersion),
                HexDigits.encode(copy.digest),
            ])
        }
        return [facts.text, table.text, comparison.verdict + "\n"].joined(separator: "\n")
    }

    private static func json(_ comparison: ChatComparison) -> String {
        var json = JSONWriter(reserving: 4_096)
        json.beginObject()
        json.member("same", comparison.differing.isEmpty)
        json.member("at_one_head", comparison.isAtOneHead)
        json.key("copies")
        json.beginArray()
        for copy in comparison.copies { copy.write(into: &json) }
        json.endArray()
        json.endObject()
        return json.take().line
    }
}

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

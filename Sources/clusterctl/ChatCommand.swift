import AdminWire
import Configuration
import Toolbox
import Vocabulary

/// `chat ID`: one chat, and each copy of it.
struct ChatCommand {
    private let client: ClusterClient
    private let isJSON: Bool

    init(_ invocation: Invocation) throws(ControlFailure) {
        client = try ClusterClient(invocation.config)
        isJSON = invocation.isJSON
    }

    func describe(_ chat: ChatID) throws(ControlFailure) -> Output {
        var copies: [ChatStatus] = []
        var answered = false
        for node in client.configuration.nodes {
            let copy = try client.ask(node, .chat(chat)) { bytes throws(AdminFailure) in
                try ChatStatus.decode(bytes)
            }
            if let copy { copies.append(copy) }
            // A node without a copy answers as well, but with nothing to show.
            if copy == nil, !answered {
                answered = try client.ask(node, .status) { _ throws(AdminFailure) in true } ?? false
            }
        }
        guard let newest = copies.max(by: { $0.head < $1.head }) else {
            guard answered else {
                throw .unreachable(
                    "no node answers\nIs the cluster running? scripts/cluster status")
            }
            throw .answer("not_found: there is no chat \(chat.digits)")
        }
        let differ = Self.differ(copies)
        return isJSON
            ? .json(Self.json(newest, copies), isBad: differ)
            : Output(Self.text(newest, copies, differ), isBad: differ)
    }

    /// Whether two copies at one head tell another history.
    private static func differ(_ copies: [ChatStatus]) -> Bool {
        copies.indices.contains { index in
            copies[..<index].contains {
                $0.head == copies[index].head && $0.digest != copies[index].digest
            }
        }
    }

    private static func json(_ chat: ChatStatus, _ copies: [ChatStatus]) -> Bytes {
        guard case .object(var object)? = value(of: chat) else { return chat.encoded() }
        let list = copies.map { copy -> JSONValue in
            [
                "node": .integer(Int64(copy.node.rawValue)),
                "head": .integer(Int64(copy.head.rawValue)),
                "digest": .text(HexDigits.encode(copy.digest)),
            ]
        }
        object.set("copies", to: .array(list))
        return JSONValue.object(object).encoded()
    }

    private static func value(of chat: ChatStatus) -> JSONValue? {
        do throws(JSONFailure) {
            return try JSONValue.parse(chat.encoded())
        } catch {
            return nil
        }
    }

    private static func text(_ chat: ChatStatus, _ copies: [ChatStatus], _ differ: Bool) -> String {
        var members = TextTable(["user", "role"])
        for member in chat.members { members.add([member.user.description, member.role.rawValue]) }
        var table = TextTable(["node", "head", "digest"])
        for copy in copies {
            table.add([
                copy.node.description, copy.head.digits, HexDigits.encode(copy.digest),
            ])
        }
        let title = chat.title.isEmpty ? "" : " \"\(chat.title)\""
        return """
            \(chat.chat) \(chat.kind.rawValue)\(title): \(chat.head.digits) entries, \(chat.ord) \
            messages, in \(chat.shard) (\(chat.group))

            \(table.text)\(differ ? "The copies differ: one of them is wrong.\n" : "")
            \(members.text)
            """
    }
}

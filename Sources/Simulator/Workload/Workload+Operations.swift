import ChatWire
import Toolbox
import Vocabulary
import VirtualWorld

/// What clients do of their own accord.
extension Workload {
    mutating func beginOperation(_ client: Int, _ cluster: inout SimulatedCluster) {
        guard clients[client].user != nil, clients[client].errands.count < 4 else { return }
        let chats = clients[client].chats.keys
        guard !chats.isEmpty else { return beginChat(client, &cluster) }
        let chat = clients[client].random.choice(of: chats)
        if memberPercent > 0, clients[client].random.below(100) < memberPercent {
            let removes = clients[client].random.chance(0.5)
            return changeMember(client, chat, removes: removes, &cluster)
        }
        switch clients[client].random.below(100) {
        case 0..<50: sendLive(client, chat, &cluster)
        case 50..<65: post(client, chat, &cluster)
        case 65..<75: repost(client)
        case 75..<80: beginChat(client, &cluster)
        case 80..<85: changeMember(client, chat, removes: false, &cluster)
        case 85..<91: changeMember(client, chat, removes: true, &cluster)
        case 91..<97: clients[client].errands.append(.read(chat, after: nil))
        default: mark(client, chat, &cluster)
        }
    }

    private mutating func beginChat(_ client: Int, _ cluster: inout SimulatedCluster) {
        let others = users.indices.filter { $0 != client }.compactMap { users[$0] }
        guard !others.isEmpty else { return }
        let request: ConversationRequest
        if clients[client].random.chance(0.4) {
            request = .direct(with: clients[client].random.choice(of: others))
        } else {
            let count = clients[client].random.within(1...others.count)
            let members = clients[client].random.shuffled(others).prefix(count).sorted()
            request = .group(GroupRequest(title: "g\(history.changes.count)", members: members))
        }
        history.changes.append(
            History.Change(client: client, kind: .create, chat: nil, invoked: cluster.now))
        clients[client].errands.append(.create(request, change: history.changes.count - 1))
    }

    private mutating func changeMember(
        _ client: Int, _ chat: ChatID, removes: Bool, _ cluster: inout SimulatedCluster
    ) {
        let known = users.compactMap(\.self)
        let user = clients[client].random.choice(of: known)
        history.changes.append(
            History.Change(
                client: client, kind: removes ? .remove(user) : .add(user), chat: chat,
                invoked: cluster.now))
        let change = history.changes.count - 1
        clients[client].errands.append(
            removes
                ? .remove(user, from: chat, change: change) : .add(user, to: chat, change: change))
    }

    /// A new message: its text is like no other.
    private mutating func draft(
        _ client: Int, _ chat: ChatID, _ cluster: inout SimulatedCluster
    ) -> (MessageDraft, send: Int)? {
        guard let user = clients[client].user else { return nil }
        let id = clients[client].makeMessageID(at: cluster.now)
        let text = makeText(client)
        let send = history.begin(
            History.Send(
                client: client, user: user, chat: chat, id: id, text: text, invoked: cluster.now))
        let seen = clients[client].chats[chat]
        return (
            MessageDraft(
                clientID: id, text: Bytes(text), seen: seen == .zero ? nil : seen), send: send
        )
    }

    /// Mostly short; some do not fit into a sector of a disk, few not into a push.
    private mutating func makeText(_ client: Int) -> String {
        let start = "\(clients[client].name) \(history.sends.count)"
        let padding =
            switch clients[client].random.below(40) {
            case 0: 17_000
            case 1..<12: clients[client].random.below(1_500)
            default: 0
            }
        return padding == 0 ? start : start + " " + String(repeating: "x", count: padding)
    }

    private mutating func sendLive(
        _ client: Int, _ chat: ChatID, _ cluster: inout SimulatedCluster
    ) {
        guard clients[client].session != nil, clients[client].waitingSends.count < 8 else {
            return post(client, chat, &cluster)
        }
        guard let (draft, send) = draft(client, chat, &cluster) else { return }
        clients[client].waitingSends[draft.clientID] = send
        self.send(draft, to: chat, client, &cluster)
    }

    private mutating func post(_ client: Int, _ chat: ChatID, _ cluster: inout SimulatedCluster) {
        guard let (draft, send) = draft(client, chat, &cluster) else { return }
        clients[client].errands.append(.post(draft, to: chat, send: send))
    }

    /// Sends one of the client's own accepted messages once more.
    private mutating func repost(_ client: Int) {
        let count = history.sends.count
        guard count > 0 else { return }
        // The old ones as often as the young.
        for _ in 0..<8 {
            let send = clients[client].random.below(count)
            let record = history.sends[send]
            guard record.client == client, record.acceptedAt != nil else { continue }
            let draft = MessageDraft(clientID: record.id, text: Bytes(record.text))
            clients[client].errands.append(.repost(draft, to: record.chat, send: send))
            return
        }
    }

    /// When all is over: everybody reads every chat from its first entry to its last.
    mutating func readEverything(_ cluster: inout SimulatedCluster) {
        var chats: [ChatID] = []
        for change in history.changes {
            if let chat = change.chat, !chats.contains(chat) { chats.append(chat) }
        }
        for send in history.sends where !chats.contains(send.chat) { chats.append(send.chat) }
        for client in clients.indices where clients[client].user != nil {
            for chat in chats.sorted() {
                clients[client].errands.append(.readAll(chat, after: .zero, entries: []))
            }
            wake(client, at: cluster.now, &cluster)
        }
    }

    /// When all is over: everybody sends once more to every chat he is in.
    mutating func sendOnceMore(_ cluster: inout SimulatedCluster) {
        for client in clients.indices where clients[client].user != nil {
            for chat in clients[client].chats.keys { post(client, chat, &cluster) }
            wake(client, at: cluster.now, &cluster)
        }
    }
}

import ChatWire
import Gateway
import Membership
import Messages
import Placement
import Testing
import Toolbox
import Vocabulary

/// Three gateways, the messages between them, and the stream of one group to each: everything that
/// has to do with one user's session while the ring changes.
///
/// The edge is node 1. Node 1 learns of rings as any other. A stream brings what was posted, from
/// its own cursor, for the users whom the node served when it was renewed.
struct RingWorld {
    static let user = Rig.user(0)
    static let chat = ChatID(4)

    var rigs: [Rig] = []
    /// On their way, in order for each pair.
    var mail: [(from: Int, to: Int, message: EdgeHomeMessage)] = []
    var rings: [Ring] = [Rig.ring, Rig.ring, Rig.ring]
    var posted: UInt64 = 0
    /// How far each node's stream has come; nil while it waits to be renewed.
    private var streaming: [Bool] = [true, true, true]
    private var cursors: [UInt64] = [0, 0, 0]
    var client = ConnectionID(0)
    var frames: [ServerFrame] = []

    init(_ change: (inout GatewaySettings) -> Void = { _ in }) throws {
        rigs = (1...3).map { Rig(node: $0, change) }
        client = try rigs[0].session(Self.user)
        try carryAll()
    }

    /// A ring in which everybody's home is one node.
    static func ring(_ epoch: UInt64, home: UInt16) -> Ring {
        .balanced(over: [NodeID(home)], epoch: RingEpoch(epoch))
    }

    private func serves(_ node: Int) -> Bool {
        rings[node].owner(of: Self.user) == NodeID(UInt16(node + 1))
    }

    /// A node learns of a ring; its stream is to be renewed if that concerns it.
    mutating func learn(_ ring: Ring, at node: Int) {
        let before = serves(node)
        if ring.epoch > rings[node].epoch { rings[node] = ring }
        if serves(node) != before {
            streaming[node] = false
            rigs[node].act { $0.subscriptionsCover(false, at: $1, into: &$2) }
        }
        rigs[node].act { $0.ringDidChange(ring, at: $1, into: &$2) }
        collect()
    }

    mutating func renew(_ node: Int) {
        guard !streaming[node] else { return }
        streaming[node] = true
        stream(to: node)
        rigs[node].act { $0.subscriptionsCover(true, at: $1, into: &$2) }
        collect()
    }

    mutating func post() {
        posted += 1
        for node in rigs.indices { stream(to: node) }
        collect()
    }

    private mutating func stream(to node: Int) {
        guard streaming[node] else { return }
        while cursors[node] < posted {
            cursors[node] += 1
            guard serves(node) else { continue }
            rigs[node].deliver(
                .appended(
                    chat: Self.chat, entry: entry(cursors[node], from: Self.user, "x"),
                    readers: [Self.user], removed: nil))
        }
    }

    mutating func pass(_ duration: Duration) {
        for node in rigs.indices { rigs[node].pass(duration) }
        collect()
    }

    // MARK: - Messages

    private mutating func collect() {
        for node in rigs.indices {
            for (peer, message) in rigs[node].told {
                mail.append((node, Int(peer.rawValue) - 1, message))
            }
            rigs[node].told = []
        }
    }

    /// Carries what is the first between its two nodes.
    mutating func carry(_ position: Int) throws {
        let (from, to, _) = mail[position]
        let first = mail.firstIndex { $0.from == from && $0.to == to } ?? position
        let message = try EdgeHomeMessage(decoding: mail.remove(at: first).message.encode())
        rigs[to].act { $0.receive(message, from: NodeID(UInt16(from + 1)), at: $1, into: &$2) }
        collect()
    }

    /// Carries and answers everything until there is nothing left.
    mutating func carryAll() throws {
        collect()
        repeat {
            while !mail.isEmpty { try carry(0) }
            for node in rigs.indices { while !rigs[node].asked.isEmpty { answer(node) } }
        } while !mail.isEmpty
        frames += try rigs[0].frames(on: client)
    }

    /// Answers the oldest question of a node, as of now.
    mutating func answer(_ node: Int) {
        guard let question = rigs[node].asked.first?.question else { return }
        let listed = ListedChat(
            chat: Self.chat, isDirect: true, title: "", peer: UserID(1))
        if case .lookUp = question {
            rigs[node].answer(.found(.chats(position: 1, [listed])))
        } else {
            let head = ChatHead(
                chat: Self.chat, kind: .direct, title: "", head: SequenceNumber(posted),
                ord: posted, read: .zero, unread: posted, last: nil, membersVersion: 1)
            rigs[node].answer(.heads(positions: [], [head]))
        }
        collect()
    }

    // MARK: - What holds

    /// Where the session is kept.
    var homes: [Int] {
        rigs.indices.filter { rigs[$0].gateway.counters.attachments > 0 }.map { $0 + 1 }
    }

    /// Messages that came neither as such nor within a gap.
    var missed: [UInt64] {
        var entries: Set<UInt64> = []
        var gap: UInt64 = 0
        for frame in frames {
            switch frame {
            case .entry(_, let entry): entries.insert(entry.seq.rawValue)
            case .gap(_, _, let head): gap = max(gap, head.rawValue)
            case .welcome, .ok, .error, .receipt, .chat, .goaway, .pong, .unknown: continue
            }
        }
        return (0..<posted).map { $0 + 1 }.filter { $0 > gap && !entries.contains($0) }
    }

    var pushes: [UInt64] { frames.compactMap(\.push) }

    var goaways: [Goaway] {
        frames.compactMap { if case .goaway(let goaway) = $0 { goaway } else { nil } }
    }
}

import Toolbox
import Vocabulary

/// Which socket a session is on.
struct SessionKey: Hashable, Comparable, SlotKey {
    let edge: NodeID
    let connection: ConnectionID

    /// Connections of two edges may have one number; they are told apart as keys.
    var slotNumber: UInt64 { connection.rawValue &+ UInt64(edge.rawValue) << 48 }

    static func < (left: SessionKey, right: SessionKey) -> Bool {
        (left.edge, left.connection) < (right.edge, right.connection)
    }
}

/// What is pushed to one device while it is here: the session as its user's home keeps it.
///
/// While the socket keeps up, a push leaves at once and nothing is kept. When it does not, pushes
/// wait here as references to bytes that all receivers share; over the bound, the chat with most of
/// them gives up its entries for one `gap`. Numbers are given when a push leaves, so they are dense
/// whatever collapsed before.
struct ClientSession: Sendable {
    /// One durable frame, without its number.
    enum Push: Hashable, Sendable {
        /// `tail` is the frame behind `op` and `push`.
        case entry(chat: ChatID, seq: SequenceNumber, tail: Bytes)
        case gap(chat: ChatID, head: SequenceNumber)
        case change(chat: ChatID, ChatChange)
    }

    enum ChatChange: Hashable, Sendable {
        case added
        case removed
        case read(SequenceNumber)
    }

    let attachment: Attachment
    /// Set once the subscriptions cover the user and the edge has been told.
    private(set) var isAttached = false
    /// Of the user's arc, when it was attached.
    private(set) var tenure: UInt32 = 0
    /// The number of the last push that left.
    private(set) var push: UInt64
    private var queue: [Push] = []
    private var front = 0
    private var queuedBytes = 0
    /// Of chats with entries in the queue.
    private var entryBytes: SortedMap<ChatID, Int> = SortedMap()
    /// Of chats with a gap in the queue: how far it reaches.
    private var gaps: SortedMap<ChatID, SequenceNumber> = SortedMap()

    /// Bytes handed to a remote edge, and what it said of them; unused where the edge is here.
    private(set) var handed: UInt64 = 0
    private var received: UInt64 = 0
    private var queuedAtEdge = 0

    private static let smallPushBytes = 96

    init(_ attachment: Attachment) {
        self.attachment = attachment
        push = attachment.push
    }

    mutating func attach(tenure: UInt32) {
        isAttached = true
        self.tenure = tenure
    }

    var hasWaiting: Bool { front < queue.count }
    /// What waits and can no longer collapse.
    var fixedBytes: Int { queuedBytes - entryBytes.values.reduce(0, +) }

    /// Takes a number for a push that leaves at once; nil if some wait, which go first, or the
    /// session is not attached yet.
    mutating func takeNumber() -> UInt64? {
        guard isAttached, !hasWaiting else { return nil }
        push &+= 1
        return push
    }

    // MARK: - Waiting

    /// Lets a push wait. Returns how many entries collapsed for it.
    ///
    /// - Parameter room: what may wait here, in bytes.
    mutating func enqueue(_ new: Push, room: Int) -> Int {
        switch new {
        case .entry(let chat, let seq, let tail):
            if gaps.update(chat, { $0 = max($0, seq) }) != nil { return 1 }
            entryBytes[chat, default: 0] += tail.count + Self.smallPushBytes
            append(new)
            return collapse(toFit: room)
        case .gap(let chat, let head): return enqueueGap(chat: chat, head: head)
        case .change:
            append(new)
            return collapse(toFit: room)
        }
    }

    private mutating func append(_ new: Push) {
        queue.append(new)
        queuedBytes += Self.size(of: new)
    }

    private mutating func enqueueGap(chat: ChatID, head: SequenceNumber) -> Int {
        let collapsed = removeEntries(of: chat)
        if gaps.update(chat, { $0 = max($0, max(head, collapsed.head)) }) == nil {
            gaps[chat] = max(head, collapsed.head)
            append(.gap(chat: chat, head: head))
        }
        return collapsed.count
    }

    private mutating func collapse(toFit room: Int) -> Int {
        var count = 0
        while queuedBytes > room, let chat = largestChat() {
            count += enqueueGap(chat: chat, head: .zero)
        }
        return count
    }

    private func largestChat() -> ChatID? {
        var largest: (chat: ChatID, bytes: Int)?
        for (chat, bytes) in entryBytes where bytes > largest?.bytes ?? 0 {
            largest = (chat, bytes)
        }
        return largest?.chat
    }

    private mutating func removeEntries(of chat: ChatID) -> (count: Int, head: SequenceNumber) {
        guard let bytes = entryBytes.removeValue(forKey: chat) else { return (0, .zero) }
        var (count, head) = (0, SequenceNumber.zero)
        var kept: [Push] = []
        for waiting in queue[front...] {
            if case .entry(chat, let seq, _) = waiting {
                count += 1
                head = max(head, seq)
            } else {
                kept.append(waiting)
            }
        }
        queue = kept
        front = 0
        queuedBytes -= bytes
        return (count, head)
    }

    // MARK: - Leaving

    /// Takes the next push with its number; nil if none waits.
    mutating func dequeue() -> (push: UInt64, Push)? {
        guard hasWaiting else { return nil }
        var next = queue[front]
        front += 1
        queuedBytes -= Self.size(of: next)
        switch next {
        case .entry(let chat, _, let tail):
            let left = entryBytes[chat, default: 0] - tail.count - Self.smallPushBytes
            entryBytes[chat] = left > 0 ? left : nil
        case .gap(let chat, let head):
            next = .gap(chat: chat, head: gaps.removeValue(forKey: chat) ?? head)
        case .change: break
        }
        dropTaken()
        push &+= 1
        return (push, next)
    }

    /// Taken pushes leave the array in large batches, so that each is moved a few times at most.
    private mutating func dropTaken() {
        if front == queue.count {
            queue.removeAll(keepingCapacity: true)
            front = 0
        } else if front >= 64, front * 2 >= queue.count {
            queue.removeFirst(front)
            front = 0
        }
    }

    static func size(of push: Push) -> Int {
        switch push {
        case .entry(_, _, let tail): tail.count + smallPushBytes
        case .gap, .change: smallPushBytes
        }
    }

    // MARK: - Credit of a remote edge

    /// What the edge and its socket still have to send.
    var unsentAtEdge: Int { Int(clamping: handed - received) + queuedAtEdge }

    mutating func hand(_ bytes: Int) { handed += UInt64(bytes) }

    mutating func credit(received: UInt64, queued: UInt32) {
        // What was never handed is no credit: the counter of an earlier attempt.
        guard received <= handed else { return }
        self.received = max(self.received, received)
        queuedAtEdge = Int(queued)
    }
}

public import ChatWire
public import Toolbox
public import Vocabulary

/// A client of the cluster as a pure value: it is told what happened and answers with what to do.
///
/// ```
/// idle ──start──▶ connecting ──connected──▶ upgrading ──101──▶ greeting ──welcome──▶ open
///                  ▲     │ failed              │ refused          │ refused           │ lost
///                  └─ waiting ◀────────────────┴──────────────────┴───────────────────┘
/// ```
///
/// A message is sent again under the same client id, on any node, until it is acknowledged or
/// refused for good; the cluster makes that once. Entries of followed chats are reported in order
/// and once, whatever was pushed, lost or pushed twice.
public struct ChatClientInstance: Sendable {
    enum Link: Sendable {
        case idle
        case waiting(until: Instant, ServerAddress?)
        case connecting(ConnectionID, until: Instant)
        case upgrading(ConnectionID, until: Instant)
        case greeting(ConnectionID, until: Instant)
        case open(ConnectionID)
        case stopped
    }

    /// What was asked and is answered under a negative frame id; sends have the positive ones.
    enum Request: Sendable {
        case page(ChatID)
        case conversations
    }

    struct Asked: Sendable {
        let request: Request
        let answerBy: Instant
    }

    /// Whether the list of chats is known.
    enum Catching: Sendable {
        case done
        case due(at: Instant)
        case asked
    }

    let settings: ChatClientSettings
    var random: SeededRandom
    var link = Link.idle
    var socket: ClientSocket?
    /// What is to be sent on the connection at the end of this call.
    var output = ByteWriter()

    var sends = SendQueue()
    /// No answer is due and no pause ends before this.
    var sendsDeadline: Instant?
    var requests: SortedMap<Int64, Asked> = SortedMap()
    var lastRequest: Int64 = 0

    var follower = ChatFollower()
    var catching = Catching.done
    /// Whether the list of chats was read once: a chat that turns up later is new.
    var hasSynced = false
    /// Whether something was missing since `caughtUp` was reported.
    var isBehind = false
    /// Of the last list that was read to its end; opaque.
    var cursor: Bytes?
    /// Of a list that takes several pages.
    var pageCursor: Bytes?
    var fetchesPausedUntil: Instant?

    var backoff: Backoff
    var nodeIndex: Int
    /// Where it is connected, or tried to be, last.
    var address: ServerAddress?
    var lastConnection: UInt64 = 0
    /// To be gone to, and when.
    var goaway: (at: Instant, to: ServerAddress?, reason: Goaway.Reason)?
    var session: ClientSessionID?
    var lastPush: UInt64 = 0
    var acknowledgedPush: UInt64 = 0
    var heartbeat = Duration.seconds(30)
    var pingAt: Instant?
    /// Unless there is a sign of life before.
    var deadAt: Instant?
    /// The server's time less ours.
    var clockOffsetMilliseconds: Int64 = 0

    /// - Precondition: `settings` names a node.
    public init(settings: ChatClientSettings, seed: UInt64) {
        invariant(!settings.nodes.isEmpty, "a client without nodes")
        self.settings = settings
        random = SeededRandom(seed: seed)
        nodeIndex = random.below(settings.nodes.count)
        backoff = Backoff(minimum: settings.backoffMinimum, maximum: settings.backoffMaximum)
    }

    // MARK: - What the application wants

    /// Begins to connect; the first call.
    public mutating func start(at now: Moment, into directives: inout [ChatClientDirective]) {
        guard case .idle = link else { return }
        dial(settings.home, at: now, into: &directives)
    }

    /// Says goodbye and connects no more.
    public mutating func stop(at now: Moment, into directives: inout [ChatClientDirective]) {
        stop(.asked, at: now, into: &directives)
    }

    /// An id for a message of now, by the server's clock as far as it is known.
    public mutating func makeClientID(at now: Moment) -> ClientMessageID {
        let time = max(0, now.wall.milliseconds + clockOffsetMilliseconds)
        return ClientMessageID(
            time: WallTime(milliseconds: time), random: (random.next(), random.next()))
    }

    /// Takes a text to be sent, now or once there is a connection.
    ///
    /// - Returns: the message's id; nil if `sendsQueuedMaximum` wait already.
    public mutating func send(
        _ text: Bytes, to chat: ChatID, at now: Moment, into directives: inout [ChatClientDirective]
    ) -> ClientMessageID? {
        let draft = MessageDraft(clientID: makeClientID(at: now), text: text)
        return send(draft, to: chat, at: now, into: &directives) ? draft.clientID : nil
    }

    /// Takes a message to be sent, now or once there is a connection.
    ///
    /// - Returns: false if `sendsQueuedMaximum` wait already.
    public mutating func send(
        _ draft: MessageDraft, to chat: ChatID, at now: Moment,
        into directives: inout [ChatClientDirective]
    ) -> Bool {
        guard sends.count < settings.sendsQueuedMaximum else { return false }
        sends.append(chat: chat, draft: draft)
        pump(at: now.monotonic)
        flush(into: &directives)
        return true
    }

    /// Tells how far the user received and read a chat; lost if there is no connection.
    public mutating func mark(_ mark: MarkFrame, into directives: inout [ChatClientDirective]) {
        guard isConnected else { return }
        write(.mark(mark))
        flush(into: &directives)
    }

    // MARK: - What happened

    public mutating func handle(
        _ event: ChatClientEvent, at now: Moment, into directives: inout [ChatClientDirective]
    ) {
        switch event {
        case .connected(let connection): didConnect(connection, at: now, into: &directives)
        case .received(let connection, let bytes):
            receive(bytes, on: connection, at: now, into: &directives)
        case .closed(let connection):
            guard connection == currentConnection else { return }
            didClose(at: now, into: &directives)
        }
        flush(into: &directives)
    }

    /// To be called at `nextDeadline`; earlier calls do no harm.
    public mutating func timeDidAdvance(
        to now: Moment, into directives: inout [ChatClientDirective]
    ) {
        checkDeadlines(at: now, into: &directives)
        flush(into: &directives)
    }

    // MARK: - How it stands

    public var isConnected: Bool {
        if case .open = link { true } else { false }
    }

    public var isStopped: Bool {
        if case .stopped = link { true } else { false }
    }

    /// Messages that are neither acknowledged nor refused.
    public var sendsWaitingCount: Int { sends.count }

    /// Pushed entries that were dropped because they had been reported.
    public var repeatsCount: Int { follower.repeatsCount }

    /// The last reported entry of a followed chat; nil if the chat is not known.
    public func position(of chat: ChatID) -> SequenceNumber? { follower.chats[chat]?.seq }

    /// Whether every entry that is known to exist has been reported.
    public var isCaughtUp: Bool {
        guard case .done = catching else { return false }
        return isConnected && follower.isCaughtUp
    }

    var currentConnection: ConnectionID? {
        switch link {
        case .connecting(let connection, _), .upgrading(let connection, _),
            .greeting(let connection, _), .open(let connection):
            connection
        case .idle, .waiting, .stopped: nil
        }
    }

    // MARK: - Sending

    /// Sends as much as the window allows.
    mutating func pump(at now: Instant) {
        guard isConnected else { return }
        let answerBy = now + settings.answerTimeout
        while sends.sentCount < settings.sendsOutstandingMaximum,
            let frame = sends.takeQueued(answerBy: answerBy)
        {
            sendsDeadline = min(sendsDeadline ?? answerBy, answerBy)
            write(.send(frame))
        }
    }

    mutating func write(_ frame: ClientFrame) {
        var text = ByteWriter(reserving: 256)
        frame.encode(into: &text)
        socket?.write(text.take(), random: &random, into: &output)
    }

    mutating func flush(into directives: inout [ChatClientDirective]) {
        guard !output.isEmpty, let connection = currentConnection else { return }
        directives.append(.send(connection, output.take()))
    }
}

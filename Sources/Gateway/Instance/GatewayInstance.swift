public import Credentials
public import Placement
public import Toolbox
public import Vocabulary

/// A node's client port as one value: users' connections, their requests, what is pushed to them.
///
/// A connection starts with HTTP and may become a WebSocket. This node is its *edge*: it reads what
/// comes, checks tokens, asks the replica groups, answers. The node that owns the user's arc is the
/// *home*: it numbers what is pushed to each of the user's sessions and keeps what a slow socket
/// cannot take yet. Mostly both are this node; if not, they talk by `EdgeHomeMessage`. Requests
/// never need the home, so a user whose home is down sends and reads as ever, and gets a `gap` for
/// each chat once it is back.
///
/// Told what happens, it appends what it wants done; it knows no clock, no socket and no group.
public struct GatewayInstance: Sendable {
    let node: NodeID
    /// The newest that this node knows.
    public internal(set) var ring: Ring
    let urls: SortedMap<NodeID, String>
    let tokens: TokenSigner
    let settings: GatewaySettings
    let pages: SortedMap<String, StaticPage>
    var random: SeededRandom

    /// Every socket, and what it speaks: one of the two that follow.
    var connections = SlotTable<ConnectionID, ClientConnection>()
    var exchanges = SlotTable<ConnectionID, HTTPSession>()
    var sockets = SlotTable<ConnectionID, SocketSession>()
    var deadlines = DeadlineQueue<ConnectionID>()
    var pending = HashTable<RequestID, Pending>()
    private var lastRequest: UInt64 = 0
    var passwordJobs = 0
    var home: Home
    /// Whom the ring's last change concerns.
    var walk = RingWalk()
    var guests: GuestQueue
    var admission: Admission
    /// Before that, users who have come here by a change of the ring may not all be attached.
    var presenceKnownAt = Instant(nanoseconds: .min / 4)
    var refreshes = RefreshQueue()
    /// Connections with output, in the order in which they got it; some may have none any more.
    var written: [ConnectionID] = []
    /// Room for what is encoded once and copied to many.
    var scratch = ByteWriter()
    /// Set by `drain`; never taken back.
    var isDraining = false
    /// How long `drain` takes to send everybody elsewhere at the pace that is set.
    public internal(set) var drainDuration = Duration.zero
    /// Up from the start, if the node says so, and whenever it is not certain of its membership.
    public internal(set) var isFenced = false
    public internal(set) var counters = GatewayCounters()

    /// The moment of the event that is being handled.
    private(set) var now = Moment(
        monotonic: Instant(nanoseconds: 0), wall: WallTime(milliseconds: 0))
    /// What the event that is being handled has led to; empty between events.
    var directives: [GatewayDirective] = []

    /// - Parameters:
    ///   - urls: where clients reach each node, as `http://host:port`.
    ///   - page: what browsers may load, by path.
    public init(
        node: NodeID, ring: Ring, urls: SortedMap<NodeID, String>, tokens: TokenSigner,
        settings: GatewaySettings, page: [StaticPage], random: SeededRandom
    ) {
        self.node = node
        self.ring = ring
        self.urls = urls
        self.tokens = tokens
        self.settings = settings
        self.random = random
        home = Home(of: node, in: ring)
        guests = GuestQueue(settings)
        admission = Admission(settings)
        var pages: SortedMap<String, StaticPage> = SortedMap()
        for file in page { pages[file.path] = file }
        self.pages = pages
    }

    // MARK: - Clients

    /// A socket was accepted on the client port.
    public mutating func clientConnected(
        _ connection: ConnectionID, at now: Moment, into directives: inout [GatewayDirective]
    ) {
        begin(at: now, &directives)
        accept(connection)
        end(&directives)
    }

    public mutating func clientReceived(
        _ connection: ConnectionID, _ bytes: Bytes, at now: Moment,
        into directives: inout [GatewayDirective]
    ) {
        begin(at: now, &directives)
        receive(bytes, from: connection)
        end(&directives)
    }

    /// How many bytes the shell could not write yet. To be told whenever an attempt to write leaves
    /// another number than was told last.
    public mutating func clientBacklogChanged(
        _ connection: ConnectionID, queuedBytes: Int, at now: Moment,
        into directives: inout [GatewayDirective]
    ) {
        begin(at: now, &directives)
        backlogChanged(connection, queuedBytes: queuedBytes)
        reschedule(connection)
        end(&directives)
    }

    /// The socket is gone, whoever closed it.
    public mutating func clientClosed(
        _ connection: ConnectionID, at now: Moment, into directives: inout [GatewayDirective]
    ) {
        begin(at: now, &directives)
        forget(connection)
        end(&directives)
    }

    // MARK: - Other nodes

    public mutating func receive(
        _ message: EdgeHomeMessage, from peer: NodeID, at now: Moment,
        into directives: inout [GatewayDirective]
    ) {
        begin(at: now, &directives)
        receivePeer(message, from: peer)
        end(&directives)
    }

    /// The link to a node broke: what was on its way to and from there may be lost.
    public mutating func peerLost(
        _ peer: NodeID, at now: Moment, into directives: inout [GatewayDirective]
    ) {
        begin(at: now, &directives)
        detachAll(of: peer)
        loseHome(peer)
        end(&directives)
    }

    // MARK: - Answers

    public mutating func answered(
        _ request: RequestID, _ answer: GatewayAnswer, at now: Moment,
        into directives: inout [GatewayDirective]
    ) {
        begin(at: now, &directives)
        if let waiting = pending.removeValue(forKey: request) { take(answer, for: waiting) }
        end(&directives)
    }

    public mutating func workDone(
        _ request: RequestID, _ result: GatewayWorkResult, at now: Moment,
        into directives: inout [GatewayDirective]
    ) {
        begin(at: now, &directives)
        if let waiting = pending.removeValue(forKey: request) {
            passwordJobs -= 1
            take(result, for: waiting)
        }
        end(&directives)
    }

    // MARK: - Delivery

    /// A committed effect reached this node's subscription.
    public mutating func delivered(
        _ delivery: Delivery, at now: Moment, into directives: inout [GatewayDirective]
    ) {
        begin(at: now, &directives)
        deliver(delivery)
        end(&directives)
    }

    /// Effects of a group went by unseen. To be told once its stream has started anew, so that what
    /// is asked from here on covers the hole: every chat becomes a `gap` for the sessions here.
    public mutating func deliveryInterrupted(
        _ group: ReplicaGroupID, at now: Moment, into directives: inout [GatewayDirective]
    ) {
        begin(at: now, &directives)
        refreshEverybody()
        end(&directives)
    }

    /// Whether this node's subscriptions bring all that its users should see. Sessions are welcomed
    /// only while they do.
    public mutating func subscriptionsCover(
        _ covers: Bool, at now: Moment, into directives: inout [GatewayDirective]
    ) {
        begin(at: now, &directives)
        setCovers(covers)
        end(&directives)
    }

    // MARK: - The ring

    /// The ring has changed: sessions whose home is another node now are attached there, each of
    /// their chats becomes a `gap`, and their clients are sent there one after the other. Sessions
    /// of users who left are let go. At most `reattachmentsPerTurnMaximum` at once; the rest
    /// follows by `nextDeadline`.
    ///
    /// A ring that is not newer than the present one is ignored. If this node has got arcs, then
    /// `subscriptionsCover(false)` comes first, and `true` once the subscriptions have them.
    public mutating func ringDidChange(
        _ ring: Ring, at now: Moment, into directives: inout [GatewayDirective]
    ) {
        begin(at: now, &directives)
        follow(ring)
        end(&directives)
    }

    // MARK: - Time and the end

    /// The node stops: clients are sent away, and nobody new is taken. Done when there is no
    /// connection left.
    public mutating func drain(at now: Moment, into directives: inout [GatewayDirective]) {
        begin(at: now, &directives)
        sendEverybodyAway()
        end(&directives)
    }

    public mutating func timeDidAdvance(
        to now: Moment, into directives: inout [GatewayDirective]
    ) {
        begin(at: now, &directives)
        meetDeadlines()
        end(&directives)
    }

    /// The turn is over: what was written for each socket leaves in one piece.
    public mutating func endTurn(into directives: inout [GatewayDirective]) {
        swap(&self.directives, &directives)
        for connection in written { flushOutput(of: connection) }
        written.removeAll(keepingCapacity: true)
        end(&directives)
    }

    /// When time alone may change something; may be early, never late.
    public var nextDeadline: Instant? {
        var earliest = deadlines.earliestNanoseconds.map(Instant.init(nanoseconds:))
        func consider(_ other: Instant?) {
            if let other { earliest = min(earliest ?? other, other) }
        }
        consider(refreshes.retryAt)
        consider(walk.goesOnAt)
        consider(guests.nextDeadline)
        return earliest
    }

    // MARK: - One event

    mutating func begin(at now: Moment, _ directives: inout [GatewayDirective]) {
        self.now = now
        swap(&self.directives, &directives)
    }

    mutating func end(_ directives: inout [GatewayDirective]) {
        swap(&self.directives, &directives)
    }

    mutating func ask(_ question: GatewayQuestion, _ waiting: Pending) {
        directives.append(.ask(remember(waiting), question))
    }

    mutating func remember(_ waiting: Pending) -> RequestID {
        lastRequest += 1
        let request = RequestID(lastRequest)
        pending[request] = waiting
        return request
    }
}

public import PeerWire
public import Toolbox
public import Vocabulary

/// All links of one node to its peers: dialling, greeting, authentication, back-off, loss.
///
/// What sections mean is not known here. Frames of an earlier life of either side are dropped, so a
/// delayed vote or acknowledgement of a process that has since lost its memory counts for nothing.
public struct PeeringInstance: Sendable {
    let identity: PeeringIdentity
    let settings: PeeringSettings
    let authenticator: PeerAuthenticator
    var links: [PeerLink]
    /// Accepted, and not yet said who they are.
    var strangers: SortedMap<ConnectionID, Stranger> = SortedMap()
    /// Dialled only to learn whether somebody answers.
    var probes: SortedMap<ConnectionID, NodeID> = SortedMap()
    var random: SeededRandom
    /// Ids of connections made here are even; the shell's are odd.
    private var lastConnection: UInt64 = 0
    /// Frames that were not taken, by reason; those of another cluster, version or incarnation
    /// among them.
    public internal(set) var dropped = PeerDropCounts()

    struct Stranger: Sendable {
        var deadline: Instant
        var decoder = PeerFrameDecoder()
    }

    public init(
        identity: PeeringIdentity, peers: [NodeID], settings: PeeringSettings, random: SeededRandom,
        at now: Instant
    ) {
        self.identity = identity
        self.settings = settings
        self.random = random
        authenticator = PeerAuthenticator(secret: identity.secret)
        links = peers.filter { $0 != identity.node }.sorted().flatMap { peer in
            PeerChannel.allCases.map { channel in
                PeerLink(
                    peer: peer, channel: channel, dials: identity.node < peer,
                    state: .idle(retryAt: now))
            }
        }
    }

    public func isOpen(_ peer: NodeID, _ channel: PeerChannel) -> Bool {
        links.contains { $0.peer == peer && $0.channel == channel && $0.isOpen }
    }

    /// The connection that carries `channel` to `peer` at present.
    public func connection(to peer: NodeID, _ channel: PeerChannel) -> ConnectionID? {
        links.first { $0.peer == peer && $0.channel == channel && $0.isOpen }?.connection
    }

    /// Bytes to `peer` that wait for the channel's socket.
    public func backlogBytes(to peer: NodeID, _ channel: PeerChannel) -> Int {
        links.first { $0.peer == peer && $0.channel == channel && $0.isOpen }?.backlogBytes ?? 0
    }

    /// The earliest moment at which time alone changes something.
    public var nextDeadline: Instant? {
        let earliest = links.compactMap(\.nextDeadline).min()
        let stranger = strangers.values.map(\.deadline).min()
        return [earliest, stranger].compactMap { $0 }.min()
    }

    // MARK: Sending

    /// Sends one frame with `sections`; false if the channel is not open, and then nothing is sent.
    public mutating func send(
        _ sections: [PeerSection], to peer: NodeID, over channel: PeerChannel, at moment: Moment,
        into directives: inout [PeeringDirective]
    ) -> Bool {
        guard let index = links.firstIndex(where: { $0.peer == peer && $0.channel == channel }),
            case .open(let connection, let incarnation) = links[index].state
        else { return false }
        let frame = PeerFrame(
            kind: .sections, sender: identity.incarnation, receiver: incarnation,
            sequence: links[index].nextSequence(), wall: moment.wall,
            payload: PeerSection.encode(sections))
        directives.append(.send(connection, frame.encoded()))
        return true
    }

    // MARK: What the shell reports

    public mutating func accepted(_ connection: ConnectionID, at moment: Moment) {
        strangers[connection] = Stranger(deadline: moment.monotonic + settings.greetingTimeout)
    }

    public mutating func dialled(
        _ connection: ConnectionID, at moment: Moment, into directives: inout [PeeringDirective]
    ) {
        if let peer = probes.removeValue(forKey: connection) {
            directives.append(.close(connection))
            probeLater(peer, at: moment.monotonic)
            return
        }
        guard let index = links.firstIndex(where: { $0.connection == connection }) else {
            directives.append(.close(connection))
            return
        }
        sendHello(index, connection, at: moment, into: &directives)
    }

    public mutating func dialFailed(
        _ connection: ConnectionID, wasRefused: Bool, at moment: Moment,
        into directives: inout [PeeringDirective]
    ) {
        if let peer = probes.removeValue(forKey: connection) {
            guard wasRefused else { return probeLater(peer, at: moment.monotonic) }
            if let index = consensusLink(to: peer) { find(index, goneInto: &directives) }
            return
        }
        guard let index = links.firstIndex(where: { $0.connection == connection }) else { return }
        if wasRefused { find(index, goneInto: &directives) }
        retreat(index, at: moment.monotonic)
    }

    /// Not only the first dial after a loss counts: a process that dies may still have taken that.
    private mutating func find(_ index: Int, goneInto directives: inout [PeeringDirective]) {
        guard !links[index].isOpen, !links[index].isFoundGone else { return }
        links[index].isFoundGone = true
        directives.append(.refused(links[index].peer))
    }

    private func consensusLink(to peer: NodeID) -> Int? {
        links.firstIndex { $0.peer == peer && $0.channel == .consensus }
    }

    public mutating func closed(
        _ connection: ConnectionID, at moment: Moment, into directives: inout [PeeringDirective]
    ) {
        strangers.removeValue(forKey: connection)
        probes.removeValue(forKey: connection)
        guard let index = links.firstIndex(where: { $0.connection == connection }) else { return }
        lose(index, at: moment.monotonic, into: &directives)
    }

    public mutating func received(
        _ connection: ConnectionID, _ bytes: Bytes, at moment: Moment,
        into directives: inout [PeeringDirective]
    ) {
        do throws(PeerFrameFailure) {
            if let index = links.firstIndex(where: { $0.connection == connection }) {
                links[index].decoder.append(bytes)
                while let frame = try nextFrame(ofLink: index, connection) {
                    take(frame, onLink: index, connection, at: moment, into: &directives)
                }
            } else if strangers[connection] != nil {
                try meet(connection, bytes, at: moment, into: &directives)
            }
        } catch {
            reject(connection, .frame(error), at: moment, into: &directives)
        }
    }

    /// How much of what was sent over `connection` its socket has not taken.
    public mutating func backlogChanged(_ connection: ConnectionID, to bytes: Int) {
        guard let index = links.firstIndex(where: { $0.connection == connection }) else { return }
        links[index].backlogBytes = bytes
    }

    public mutating func timeDidAdvance(
        to now: Instant, into directives: inout [PeeringDirective]
    ) {
        for index in links.indices {
            guard let deadline = links[index].nextDeadline, deadline <= now else { continue }
            switch links[index].state {
            case .idle where !links[index].dials: probe(index, into: &directives)
            case .idle:
                let connection = nextConnection()
                links[index].state = .dialing(connection)
                directives.append(.dial(connection, links[index].peer, links[index].channel))
            case .greeting(let connection, _):
                directives.append(.close(connection))
                retreat(index, at: now)
            case .dialing, .open: break
            }
        }
        for (connection, stranger) in strangers where stranger.deadline <= now {
            strangers.removeValue(forKey: connection)
            directives.append(.close(connection))
        }
    }

    // MARK: Helpers

    /// Nil once the link has moved on to another connection.
    private mutating func nextFrame(
        ofLink index: Int, _ connection: ConnectionID
    ) throws(PeerFrameFailure) -> PeerFrame? {
        guard links[index].connection == connection else { return nil }
        return try links[index].decoder.next()
    }

    mutating func nextConnection() -> ConnectionID {
        lastConnection += 2
        return ConnectionID(lastConnection)
    }

    /// An open link that breaks is dialled again at once, or probed by the side that does not dial:
    /// whether a process still answers tells a crash from a hiccup.
    private mutating func lose(
        _ index: Int, at now: Instant, into directives: inout [PeeringDirective]
    ) {
        let link = links[index]
        guard link.isOpen else { return retreat(index, at: now) }
        links[index].state = .idle(retryAt: now)
        links[index].decoder = PeerFrameDecoder()
        directives.append(.lost(link.peer, link.channel))
        directives.append(.observe(.lost(link.peer, link.channel)))
        if !link.dials, link.channel == .consensus { probe(index, into: &directives) }
    }

    private mutating func probe(_ index: Int, into directives: inout [PeeringDirective]) {
        links[index].probeAt = nil
        let probe = nextConnection()
        probes[probe] = links[index].peer
        directives.append(.dial(probe, links[index].peer, links[index].channel))
    }

    /// Somebody listens, or did a moment ago. If he lives, the link opens soon.
    private mutating func probeLater(_ peer: NodeID, at now: Instant) {
        guard let index = consensusLink(to: peer), case .idle = links[index].state else { return }
        links[index].probeAt = now + nextWait(of: index)
    }

    /// Back to idle, with a longer wait each time.
    private mutating func retreat(_ index: Int, at now: Instant) {
        links[index].decoder = PeerFrameDecoder()
        links[index].state = .idle(retryAt: now + nextWait(of: index))
    }

    /// Notes a failure; how long to wait after it.
    private mutating func nextWait(of index: Int) -> Duration {
        let doublings = min(links[index].failures, 6)
        let wait = min(settings.redialMinimum * (1 << doublings), settings.redialMaximum)
        let jitter = Duration.nanoseconds(Int64(random.below(UInt64(wait.nanoseconds / 2 + 1))))
        links[index].failures += 1
        return wait / 2 + jitter
    }

    /// Closes a connection that broke the rules.
    mutating func reject(
        _ connection: ConnectionID, _ reason: PeerRejection, at moment: Moment,
        into directives: inout [PeeringDirective]
    ) {
        dropped.count(reason.drop)
        directives.append(.observe(.rejected(connection, reason)))
        directives.append(.close(connection))
        strangers.removeValue(forKey: connection)
        if let index = links.firstIndex(where: { $0.connection == connection }) {
            lose(index, at: moment.monotonic, into: &directives)
        }
    }
}

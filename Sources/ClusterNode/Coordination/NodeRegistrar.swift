import Placement
import Toolbox
import Vocabulary
import ZooKeeperWire

/// This node as a client of the coordination service: a session, an ephemeral
/// `/rookery/nodes/<id>` that tells the others where the node is and which life of it, and the
/// changes that the node makes to the cluster's tables.
///
/// It speaks to its own node's service as a client on a socket would, so that everybody sees the
/// node for exactly as long as it can reach the group's leader. What it asks is answered behind a
/// read barrier, or is a write: an answer proves that there was a leader after the question.
///
///     away ──connect──▶ greeting ──session──▶ registering ──it is there──▶ registered
///      ▲                   │                       │                            │    │
///      └───────────────────┴────── connection lost, or silent for too long ─────┘    ▼
///                                                                     left ◀── leaving
struct NodeRegistrar: Sendable {
    /// What is to be done with the connection that it has, or wants, and what it learned.
    enum Wish: Sendable {
        case connect(ConnectionID)
        case send(Bytes)
        case disconnect(ConnectionID)
        /// A change was made, or refused; `connectionLoss` is for what nobody knows.
        case finished(Xid, ZooKeeperError?)
    }

    enum Stage: Hashable, Sendable {
        case away
        case greeting
        case registering
        case registered
        /// The session is being closed: the node stops.
        case leaving
        /// It is closed, and no other will be opened.
        case left
    }

    /// Something that was asked and shows, when it is answered, that there was a leader.
    private struct Question {
        enum Kind { case inspection, creation, announcement, closing }
        var xid: Xid
        var kind: Kind
        var sentAt: Instant
    }

    static let timeout: Duration = .seconds(6)
    /// Without an answer for so long the node takes itself for lost, before anybody else does: its
    /// session ends a whole time-out after the leader heard it last.
    static let fenceDelay: Duration = timeout * 2 / 3
    private static let questionInterval: Duration = timeout / 6
    private static let retryInterval: Duration = .milliseconds(500)
    /// Between two attempts to say that the node is about to stop.
    private static let announcementInterval: Duration = .milliseconds(100)
    private static let lasting: [ZnodePath] = ["/rookery", "/rookery/nodes"]

    private let path: ZnodePath
    private var registration: NodeRegistration
    /// Whether others can see that the node is about to stop.
    private var isAnnounced = false
    private(set) var stage = Stage.away
    private(set) var connection: ConnectionID?
    private var session: ConnectResponse?
    private var decoder = ZooKeeperReplyDecoder()
    private var lastXid: Int32 = 0
    private var question: Question?
    /// Changes that are not answered yet.
    private var changes: Set<Int32> = []
    /// When the last question was sent whose answer says that the node is registered.
    private(set) var confirmedAt: Instant?
    /// Since when this connection has been silent.
    private var patientSince: Instant
    private var nextQuestion: Instant
    private var retryAt: Instant
    private var connectionsCount: UInt64 = 0

    init(node: NodeID, registration: NodeRegistration, at now: Instant) {
        path = ZnodePath(Bytes("/rookery/nodes/\(node.rawValue)"))
        self.registration = registration
        patientSince = now
        nextQuestion = now
        retryAt = now
    }

    /// Until when this node may be certain that it is registered; nil if it is not.
    var certainUntil: Instant? { confirmedAt.map { $0 + Self.fenceDelay } }

    var nextDeadline: Instant? {
        switch stage {
        case .left: nil
        case .away: retryAt
        case .greeting, .registering, .registered, .leaving:
            min(nextQuestion, patientSince + Self.timeout)
        }
    }

    mutating func timeDidAdvance(to now: Instant) -> [Wish] {
        switch stage {
        case .left: return []
        case .away: return now >= retryAt ? connect(at: now) : []
        case .greeting, .registering, .registered, .leaving:
            // Whoever answers nothing for so long has lost the leader.
            if now - patientSince >= Self.timeout {
                let last = connection.map { [Wish.disconnect($0)] } ?? []
                return last + closed(at: now)
            }
            guard now >= nextQuestion else { return [] }
            nextQuestion = now + Self.questionInterval
            guard stage == .registered || stage == .registering, question == nil else {
                return []
            }
            return [mustAnnounce ? announce(at: now) : inspect(at: now)]
        }
    }

    // MARK: What the node wants

    /// One change of the cluster's tables, all or nothing; nil while there is no session.
    mutating func change(_ operations: [MultiOperation]) -> (xid: Xid, wish: Wish)? {
        guard stage == .registered || stage == .registering else { return nil }
        let bytes = encode(.multi(operations))
        changes.insert(lastXid)
        return (Xid(lastXid), .send(bytes))
    }

    /// The node is about to stop: it says so, for its arcs to leave.
    ///
    /// If the leader has just gone, and be it this node itself, it is said again to the next one.
    mutating func drain(at now: Instant) -> [Wish] {
        registration.isDraining = true
        return mustAnnounce ? [announce(at: now)] : []
    }

    private var mustAnnounce: Bool {
        registration.isDraining && !isAnnounced && stage == .registered
    }

    /// Closes the session, and with it the registration.
    mutating func leave(at now: Instant) -> [Wish] {
        switch stage {
        case .registering, .registered:
            stage = .leaving
            // From here on nobody is served, whenever the session ends.
            confirmedAt = nil
            return [ask(.closeSession, .closing, at: now)]
        case .away, .greeting:
            stage = .left
            return connection.map { [.disconnect($0)] } ?? []
        case .leaving, .left: return []
        }
    }

    private mutating func connect(at now: Instant) -> [Wish] {
        connectionsCount += 1
        // Above all numbers that sockets get.
        let id = ConnectionID(1 << 62 | connectionsCount)
        connection = id
        stage = .greeting
        decoder = ZooKeeperReplyDecoder()
        nextQuestion = now + Self.questionInterval
        patientSince = now
        var writer = ByteWriter(reserving: 64)
        writer.write(
            connect: ConnectRequest(
                timeoutMilliseconds: Int32(clamping: Self.timeout.nanoseconds / 1_000_000),
                session: session?.session ?? .none,
                password: session?.password ?? ConnectResponse.noPassword))
        return [.connect(id), .send(writer.take())]
    }

    // MARK: What the service says

    /// The service closed the connection.
    mutating func closed(at now: Instant) -> [Wish] {
        connection = nil
        question = nil
        stage = stage == .leaving || stage == .left ? .left : .away
        retryAt = now + Self.retryInterval
        let lost = changes.sorted()
        changes = []
        return lost.map { .finished(Xid($0), .connectionLoss) }
    }

    /// What the service sends; anything unexpected ends the connection and begins anew.
    mutating func received(_ bytes: Bytes, at now: Instant) -> [Wish] {
        guard let last = connection else { return [] }
        decoder.append(bytes)
        var wishes: [Wish] = []
        do throws(ZooKeeperStreamFailure) {
            while let output = try decoder.next() {
                patientSince = now
                take(output, at: now, into: &wishes)
            }
            return wishes
        } catch {
            return beginAnew(wishes, last, at: now)
        }
    }

    /// What the service said makes no sense: another session, from the start.
    private mutating func beginAnew(
        _ wishes: [Wish], _ last: ConnectionID, at now: Instant
    ) -> [Wish] {
        session = nil
        confirmedAt = nil
        return wishes + [.disconnect(last)] + closed(at: now)
    }

    private mutating func take(
        _ output: ZooKeeperOutput, at now: Instant, into wishes: inout [Wish]
    ) {
        switch output {
        case .connected(let response) where response.timeoutMilliseconds <= 0:
            // The session is over, and its node gone: the next one is another.
            session = nil
            confirmedAt = nil
        case .connected(let response):
            session = response
            stage = .registering
            wishes.append(inspect(at: now))
        case .event: break
        case .reply(let reply):
            let xid = reply.header.xid
            if changes.remove(xid.rawValue) != nil {
                wishes.append(.finished(xid, Self.error(of: reply)))
            } else if let question, question.xid == xid {
                self.question = nil
                take(reply, to: question, at: now, into: &wishes)
            }
        }
    }

    private mutating func take(
        _ reply: ZooKeeperReply, to question: Question, at now: Instant, into wishes: inout [Wish]
    ) {
        switch (question.kind, reply.header.error) {
        case (.closing, _):
            stage = .left
            confirmedAt = nil
        case (.creation, nil):
            isAnnounced = registration.isDraining
            confirm(question)
        case (.announcement, nil): isAnnounced = true
        case (.announcement, _?): nextQuestion = now + Self.announcementInterval
        case (.inspection, nil) where isOwn(reply):
            confirm(question)
            if mustAnnounce { wishes.append(announce(at: now)) }
        case (.inspection, nil):
            // Of an earlier life, whose session has not ended yet.
            wishes.append(.send(encode(.delete(DeleteRequest(path: path)))))
            wishes.append(create(at: now))
        case (.inspection, .noNode?):
            // It never was, or somebody deleted it, and who follows the nodes takes this for lost.
            stage = .registering
            confirmedAt = nil
            for path in Self.lasting {
                let create = CreateRequest(path: path, data: nil, mode: .persistent)
                wishes.append(.send(encode(.create(create))))
            }
            wishes.append(create(at: now))
        // It is asked again before long.
        case (.creation, _?), (.inspection, _?): break
        }
    }

    private mutating func confirm(_ question: Question) {
        if stage == .registering { stage = .registered }
        confirmedAt = question.sentAt
    }

    private func isOwn(_ reply: ZooKeeperReply) -> Bool {
        do throws(DecodeFailure) {
            guard case .stat(let stat) = try reply.body(answering: .exists) else { return false }
            return stat.ephemeralOwner == session?.session
        } catch {
            // What cannot be read is taken for another's, and made anew.
            return false
        }
    }

    /// Why a multi was refused: what was wrong with the first of its operations that was.
    private static func error(of reply: ZooKeeperReply) -> ZooKeeperError? {
        if let error = reply.header.error { return error }
        do throws(DecodeFailure) {
            guard case .results(let results) = try reply.body(answering: .multi) else {
                return .marshallingError
            }
            for case .failed(let error) in results where error != .runtimeInconsistency {
                return error
            }
            return nil
        } catch {
            return .marshallingError
        }
    }

    // MARK: Requests

    private mutating func inspect(at now: Instant) -> Wish {
        ask(.exists(ReadRequest(path: path)), .inspection, at: now)
    }

    private mutating func announce(at now: Instant) -> Wish {
        let data = registration.encoded()
        return ask(.setData(SetDataRequest(path: path, data: data)), .announcement, at: now)
    }

    private mutating func create(at now: Instant) -> Wish {
        let create = CreateRequest(path: path, data: registration.encoded(), mode: .ephemeral)
        return ask(.create(create), .creation, at: now)
    }

    private mutating func ask(
        _ request: ZooKeeperRequest, _ kind: Question.Kind, at now: Instant
    ) -> Wish {
        let bytes = encode(request)
        question = Question(xid: Xid(lastXid), kind: kind, sentAt: now)
        return .send(bytes)
    }

    private mutating func encode(_ request: ZooKeeperRequest) -> Bytes {
        lastXid += 1
        var writer = ByteWriter(reserving: 256)
        writer.write(request: RequestFrame(request, xid: Xid(lastXid)))
        return writer.take()
    }
}

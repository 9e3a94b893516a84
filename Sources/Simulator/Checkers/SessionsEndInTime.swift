import ClusterNode
import Coordination
import PeerWire
import Raft
import Replication
import Toolbox
import VirtualWorld
import Vocabulary
import ZooKeeperWire

/// No session is expired before its time-out has passed since the last sign of life that the leader
/// knew of; a new leader gives everybody a whole time-out; and nobody expires sessions who has not
/// proved, when that time was over, that it still leads.
///
/// A leader is looked at when the expiry comes into its log, whether or not it is ever committed.
struct SessionsEndInTime: Sendable {
    /// One node's time as the group's leader.
    private struct Reign: Sendable {
        let term: Term
        let since: WorldTime
        /// What of its log was looked at.
        var looked: LogIndex
        /// What it knows for certain; for look-up only.
        var heard: [CoordinationSessionID: WorldTime] = [:]
        /// What came since its last turn, or in it.
        var arrived: [CoordinationSessionID] = []
        /// Signs of life on its own connections, which it writes down tick by tick.
        var contacts: [CoordinationSessionID: WorldTime] = [:]
    }

    private var reigns: [Reign?]
    /// When each node went on after its last pause.
    private var wentOn: [WorldTime]
    private var elected: [(term: Term, at: WorldTime)] = []
    private var attachedAt: [CoordinationSessionID: WorldTime] = [:]
    private var connections: [Endpoint: CoordinationSessionID] = [:]
    private let tickNanoseconds: Int64
    private let leaseDuration: Duration

    init(nodes: Int, tick: Duration, lease: Duration) {
        leaseDuration = lease
        reigns = Array(repeating: nil, count: nodes)
        wentOn = Array(repeating: .start, count: nodes)
        tickNanoseconds = tick.nanoseconds
    }

    mutating func processStarted(node: Int) { reigns[node] = nil }

    mutating func wentOn(node: Int, at now: WorldTime) { wentOn[node] = now }

    // MARK: Signs of life

    /// From now on what comes in at `endpoint` is a sign of life of `session`.
    mutating func attach(_ session: CoordinationSessionID, at endpoint: Endpoint) {
        connections[endpoint] = session
    }

    /// Bytes reach a node at one end of a client's connection.
    mutating func received(at endpoint: Endpoint, on node: Int, _ now: WorldTime) {
        guard reigns[node] != nil, let session = connections[endpoint] else { return }
        reigns[node]?.contacts[session] = now
    }

    /// A frame reaches a node: perhaps it says whom another node has heard.
    mutating func received(_ frame: Bytes, on node: Int) {
        guard reigns[node] != nil, frame.count > PeerFrame.headerBytes,
            frame[5] == PeerFrame.Kind.sections.rawValue
        else { return }
        do throws(DecodeFailure) {
            for section in try PeerSection.decode(frame.suffix(from: PeerFrame.headerBytes))
            where section.kind == .touches {
                var reader = ByteReader(section.body)
                let sessions = try reader.readList { (reader) throws(DecodeFailure) in
                    CoordinationSessionID(try reader.read())
                }
                reigns[node]?.arrived += sessions
            }
        } catch {
            // A frame that came in pieces, or none: nothing is known from it.
            return
        }
    }

    /// The log has attached a session.
    mutating func attached(_ session: CoordinationSessionID, _ now: WorldTime) {
        attachedAt[session] = now
    }

    // MARK: Leaders

    /// A replica after a turn of its node.
    struct Sight {
        let raft: RaftInstance
        let node: Int
        let time: WorldTime
        /// The same by the node's clock.
        let clock: Instant
    }

    mutating func look(
        at sight: Sight, _ model: CoordinationModel, into violations: inout [Violation]
    ) {
        let (raft, node) = (sight.raft, sight.node)
        guard raft.role == .leader else {
            reigns[node] = nil
            return
        }
        guard let reign = reigns[node], reign.term == raft.term else {
            reigns[node] = Reign(term: raft.term, since: sight.time, looked: raft.lastIndex)
            elected.append((raft.term, sight.time))
            return
        }
        if raft.lastIndex > reign.looked {
            let first = max(reign.looked.next, raft.firstIndex)
            reigns[node]?.looked = raft.lastIndex
            for entry in raft.entries(from: first, through: raft.lastIndex)
            where entry.kind == .command {
                judge(entry, reign, sight, model, into: &violations)
            }
        }
        for session in reign.arrived { reigns[node]?.heard[session] = sight.time }
        reigns[node]?.arrived.removeAll(keepingCapacity: true)
    }

    private func judge(
        _ entry: LogEntry, _ reign: Reign, _ sight: Sight, _ model: CoordinationModel,
        into violations: inout [Violation]
    ) {
        do throws(DecodeFailure) {
            let command = try CoordinationCommand(
                decoding: CommandEnvelope.unwrap(entry.payload).command)
            guard case .expireSessions(let expiring, _) = command else { return }
            for one in expiring {
                guard let session = model.sessions[one.session], session.end == nil,
                    session.attachment == one.attachment
                else { continue }
                judge(one.session, session.timeoutMilliseconds, reign, sight, into: &violations)
            }
        } catch {
            violations.append(Violation("CommandsAreWellFormed", "\(entry.index): \(error)"))
        }
    }

    private func judge(
        _ session: CoordinationSessionID, _ timeoutMilliseconds: Int32, _ reign: Reign,
        _ sight: Sight, into violations: inout [Violation]
    ) {
        let over = end(of: session, timeoutMilliseconds, reign, sight)
        let late = sight.time.nanoseconds - over.nanoseconds
        var fault: String?
        if late < 0 { fault = "\(-late / Nanoseconds.millisecond) ms early" }
        for other in elected where other.term > reign.term && other.at < over {
            fault = "deposed by \(other.term) before its time was over"
        }
        // A round that proves it began when the time was over, or the lease did that proves it.
        let proof = Duration.nanoseconds(max(late, 0)) + leaseDuration + .milliseconds(20)
        if !sight.raft.isQuorumHeard(within: proof, at: sight.clock) {
            fault = "without proof that it leads: no majority was heard for \(proof)"
        }
        guard let fault else { return }
        violations.append(
            Violation(
                "SessionsEndInTime",
                "n\(sight.node + 1) expires \(session) in \(reign.term), \(fault)"))
    }

    /// When the time of a session was over that gave no sign of life behind the last known one.
    private func end(
        of session: CoordinationSessionID, _ timeoutMilliseconds: Int32, _ reign: Reign,
        _ sight: Sight
    ) -> WorldTime {
        let timeout = Int64(timeoutMilliseconds) * Nanoseconds.millisecond
        var since = max(reign.since, attachedAt[session] ?? .start)
        since = max(since, reign.heard[session] ?? .start)
        if let contact = reign.contacts[session], contact > wentOn[sight.node],
            contact.advanced(by: tickNanoseconds) < sight.time
        {
            since = max(since, contact)
        }
        // Clocks run a little fast.
        return since.advanced(by: timeout - timeout / 200 - 5 * Nanoseconds.millisecond)
    }
}

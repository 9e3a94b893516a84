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
/// knew of; a new leader gives everybody a whole time-out; and nobody expires sessions who has been
/// deposed before that time was over.
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

    init(nodes: Int, tick: Duration) {
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

    /// After a turn of a node.
    mutating func look(
        at raft: RaftInstance, on node: Int, _ model: CoordinationModel, _ now: WorldTime,
        into violations: inout [Violation]
    ) {
        guard raft.role == .leader else {
            reigns[node] = nil
            return
        }
        guard let reign = reigns[node], reign.term == raft.term else {
            reigns[node] = Reign(term: raft.term, since: now, looked: raft.lastIndex)
            elected.append((raft.term, now))
            return
        }
        if raft.lastIndex > reign.looked {
            let first = max(reign.looked.next, raft.firstIndex)
            reigns[node]?.looked = raft.lastIndex
            for entry in raft.entries(from: first, through: raft.lastIndex) {
                guard entry.kind == .command else { continue }
                judge(entry, reign, on: node, model, now, into: &violations)
            }
        }
        for session in reign.arrived { reigns[node]?.heard[session] = now }
        reigns[node]?.arrived.removeAll(keepingCapacity: true)
    }

    private func judge(
        _ entry: LogEntry, _ reign: Reign, on node: Int, _ model: CoordinationModel,
        _ now: WorldTime, into violations: inout [Violation]
    ) {
        do throws(DecodeFailure) {
            let command = try CoordinationCommand(
                decoding: CommandEnvelope.unwrap(entry.payload).command)
            guard case .expireSessions(let expiring, _) = command else { return }
            for one in expiring {
                guard let session = model.sessions[one.session], session.end == nil,
                    session.attachment == one.attachment
                else { continue }
                judge(
                    one.session, session.timeoutMilliseconds, reign, on: node, now,
                    into: &violations)
            }
        } catch {
            violations.append(Violation("CommandsAreWellFormed", "\(entry.index): \(error)"))
        }
    }

    private func judge(
        _ session: CoordinationSessionID, _ timeoutMilliseconds: Int32, _ reign: Reign,
        on node: Int, _ now: WorldTime, into violations: inout [Violation]
    ) {
        let timeout = Int64(timeoutMilliseconds) * Nanoseconds.millisecond
        var since = max(reign.since, attachedAt[session] ?? .start)
        since = max(since, reign.heard[session] ?? .start)
        if let contact = reign.contacts[session], contact > wentOn[node],
            contact.advanced(by: tickNanoseconds) < now
        {
            since = max(since, contact)
        }
        // Clocks run a little fast.
        let deadline = since.advanced(by: timeout - timeout / 200 - 5 * Nanoseconds.millisecond)
        if now < deadline {
            let silence = (now.nanoseconds - since.nanoseconds) / Nanoseconds.millisecond
            violations.append(
                Violation(
                    "SessionsEndInTime",
                    "n\(node + 1) expires \(session) after \(silence) of \(timeoutMilliseconds) ms")
            )
        }
        for other in elected where other.term > reign.term && other.at < deadline {
            violations.append(
                Violation(
                    "SessionsEndInTime",
                    "n\(node + 1) expires \(session) in \(reign.term), deposed by \(other.term)"
                        + " before its time was over"))
        }
    }
}

import AdminWire
import Coordination
import Placement
import Raft
import ReplicatedState
import Replication
import Routing
import Toolbox
import Vocabulary
import ZooKeeperWire

/// Operators look into the coordination tree: behind a barrier, so that what they see is no older
/// than anything that was answered before they asked.
extension NodeInstance {
    mutating func inquire(
        _ subject: CoordinationInquiries.Subject, for connection: ConnectionID, at moment: Moment
    ) {
        if case .znode(let question) = subject, let fault = ZnodePath(Bytes(question.path)).fault {
            return refuse(
                connection, 400, "invalid_field", "\(question.path) is no path: \(fault.reason)")
        }
        guard let raft = replicas.coordination?.raft else {
            return refuse(connection, 503, "not_ready", whoHasTheTree)
        }
        guard let index = raft.leaseReadIndex(at: moment.monotonic) else {
            return submit(
                Bytes(), to: GroupNumbers.coordination, as: .query, .harmless,
                for: .admin(connection, .inquire(subject)), at: moment)
        }
        postpone(until: index, subject, for: connection, at: moment)
    }

    /// The leader has said, or nobody has, what must be applied here first.
    mutating func inquiryBarrierEnded(
        _ subject: CoordinationInquiries.Subject, for connection: ConnectionID,
        _ outcome: RouteOutcome, at moment: Moment
    ) {
        switch outcome {
        case .done(let bytes):
            guard let index = Self.readIndex(bytes) else {
                return refuse(
                    connection, 500, "internal", "the leader's answer cannot be read")
            }
            postpone(until: index, subject, for: connection, at: moment)
        case .noLeader:
            refuse(
                connection, 503, "no_quorum",
                "the coordination group has no leader: no majority of its copies is connected")
        case .unknown: refuse(connection, 504, "timeout", "the leader gave no answer in time")
        case .overloaded: refuse(connection, 503, "overloaded", "too much is waiting")
        }
    }

    private mutating func postpone(
        until index: LogIndex, _ subject: CoordinationInquiries.Subject,
        for connection: ConnectionID, at moment: Moment
    ) {
        inquiries.wait(connection, subject, for: index, at: moment.monotonic)
        answerInquiries(at: moment)
    }

    /// The copy may have applied what somebody waits for.
    mutating func answerInquiries(at moment: Moment) {
        guard !inquiries.pending.isEmpty else { return }
        guard let replica = replicas.coordination else {
            for inquiry in inquiries.take(where: { _ in true }) {
                refuse(inquiry.connection, 503, "not_ready", whoHasTheTree)
            }
            return
        }
        for inquiry in inquiries.take(where: { $0.index <= replica.applied }) {
            let answer = replica.machine.answer(to: inquiry.subject, at: moment.wall)
            adminAnswers.append((inquiry.connection, answer))
        }
    }

    mutating func expireInquiries(at now: Instant) {
        for inquiry in inquiries.take(where: { $0.deadline <= now }) {
            let message = "\(plan.node) has not yet applied what is committed (\(inquiry.index))"
            refuse(inquiry.connection, 504, "timeout", message)
        }
    }

    private mutating func refuse(
        _ connection: ConnectionID, _ status: Int, _ code: String, _ message: String
    ) {
        adminAnswers.append((connection, AdminAnswer(status, code, message)))
    }

    private var whoHasTheTree: String {
        let group = GroupNumbers.coordination
        let voters = voterNodes[group] ?? plan.groups.first { $0.id == group }?.voters ?? []
        guard !voters.isEmpty else { return "no node of this cluster has the coordination tree" }
        let names = voters.map { "\($0)" }.joined(separator: ", ")
        return "\(plan.node) has no copy of the coordination tree yet; ask one of \(names)"
    }
}

extension AdminAnswer {
    fileprivate init(_ status: Int, _ code: String, _ message: String) {
        self.init(status: status, body: AdminError(code: code, message: message).encoded())
    }
}

extension CoordinationMachine {
    /// Operators may see everything.
    private static var operatorsIdentities: [AccessIdentity] {
        [AccessIdentity(scheme: "super", id: "")]
    }
    /// Bytes of names that one answer tells at most.
    private static var childrenBytesMaximum: Int { 8 << 20 }

    fileprivate func answer(
        to subject: CoordinationInquiries.Subject, at now: WallTime
    ) -> AdminAnswer {
        switch subject {
        case .sessions:
            return AdminAnswer(status: 200, body: sessionsReport(at: now).encoded())
        case .znode(let question):
            do throws(ZooKeeperError) {
                return AdminAnswer(status: 200, body: try status(question).encoded())
            } catch {
                return error == .noNode
                    ? AdminAnswer(404, "not_found", "no node \(question.path)")
                    : AdminAnswer(500, "internal", "unexpected: \(error)")
            }
        }
    }

    private func status(_ question: ZnodeQuestion) throws(ZooKeeperError) -> ZnodeStatus {
        let path = ZnodePath(Bytes(question.path))
        let identities = Self.operatorsIdentities
        var status = ZnodeStatus(
            path: question.path, through: applied.index,
            stat: ZnodeStat(try stat(at: path, for: identities)))
        switch question.part {
        case .stat: break
        case .data:
            let data = try data(at: path, for: identities).data
            status.data = data.map { .bytes($0) } ?? .null
        case .children:
            status.children = Self.told(try children(at: path, for: identities).names)
        }
        return status
    }

    private static func told(_ names: [Bytes]) -> [String] {
        var left = childrenBytesMaximum
        return names.sorted().prefix(ZnodeStatus.childrenMaximum).prefix { name in
            left -= name.count + 3
            return left >= 0
        }.map { $0.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
    }

    private func sessionsReport(at now: WallTime) -> SessionsReport {
        let sessions = allSessions
        return SessionsReport(
            through: applied.index, now: now, count: UInt64(sessions.count),
            sessions: sessions.prefix(SessionsReport.sessionsMaximum).map { session in
                SessionStatus(
                    session: "\(session.id)", node: session.owner.node,
                    timeoutMilliseconds: session.timeoutMilliseconds, openedAt: session.openedAt,
                    ephemerals: UInt64(session.ephemeralsCount), isClosing: session.isClosing)
            })
    }
}

extension ZnodeStat {
    fileprivate init(_ stat: NodeStat) {
        self.init()
        czxid = stat.czxid.rawValue
        mzxid = stat.mzxid.rawValue
        pzxid = stat.pzxid.rawValue
        ctime = stat.ctime
        mtime = stat.mtime
        version = stat.version
        cversion = stat.cversion
        aversion = stat.aversion
        ephemeralOwner = stat.ephemeralOwner == .none ? nil : "\(stat.ephemeralOwner)"
        dataLength = stat.dataLength
        numChildren = stat.numChildren
    }
}

extension ZnodePathFault {
    fileprivate var reason: String {
        switch self {
        case .relative: "it must begin with a slash"
        case .endsInSlash: "it must not end in a slash"
        case .emptyComponent(let offset): "two slashes at byte \(offset)"
        case .relativeComponent(let offset): ". or .. before byte \(offset)"
        case .forbiddenCharacter(let offset): "a forbidden character at byte \(offset)"
        }
    }
}

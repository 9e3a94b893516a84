import AdminWire
import Credentials
import Gateway
import HTTPWire
import Membership
import Messages
import Placement
import Replication
import Routing
import Toolbox
import Vocabulary

/// What operators ask and are told, each node of itself.
extension NodeInstance {
    mutating func receiveAdmin(
        _ connection: ConnectionID, _ bytes: Bytes, at moment: Moment,
        into directives: inout [NodeDirective]
    ) {
        for arrival in admin.received(connection, bytes) {
            switch arrival {
            case .request(let request):
                answerAdmin(connection, request, at: moment, into: &directives)
            case .refused(let failure):
                let error = AdminError(code: "malformed", message: "\(failure)")
                respond(connection, failure.status, error.encoded(), into: &directives)
            }
        }
    }

    private mutating func answerAdmin(
        _ connection: ConnectionID, _ request: HTTPRequest, at moment: Moment,
        into directives: inout [NodeDirective]
    ) {
        let asked: AdminRequest
        do throws(AdminRequest.Refusal) {
            asked = try AdminRequest(
                method: request.method.rawValue, target: request.target.text, body: request.body)
        } catch {
            let (status, answer) = error.answer
            return respond(connection, status, answer.encoded(), into: &directives)
        }
        guard asked.isOpen || admin.admits(request) else {
            let error = AdminError(
                code: "unauthenticated", message: "this needs the cluster's admin token")
            return respond(connection, 401, error.encoded(), into: &directives)
        }
        carryOut(asked, for: connection, at: moment, into: &directives)
    }

    private mutating func carryOut(
        _ asked: AdminRequest, for connection: ConnectionID, at moment: Moment,
        into directives: inout [NodeDirective]
    ) {
        switch asked {
        case .health: respond(connection, 200, "{\"status\":\"alive\"}", into: &directives)
        case .readiness:
            let isReady = state == .ready
            respond(
                connection, isReady ? 200 : 503, Bytes("{\"status\":\"\(state.rawValue)\"}"),
                into: &directives)
        case .metrics:
            respond(
                connection, 200, metrics(at: moment), type: MetricsText.contentType,
                into: &directives)
        case .status:
            let report = StatusReport(
                cluster: plan.cluster, node: status(at: moment),
                groups: groups(digests: false, at: moment.monotonic))
            respond(connection, 200, report.encoded(), into: &directives)
        case .nodes:
            respond(
                connection, 200, NodeStatus.encodeList([status(at: moment)]), into: &directives)
        case .groups(let digests):
            let list = groups(digests: digests, at: moment.monotonic)
            respond(connection, 200, GroupStatus.encodeList(list), into: &directives)
        case .shards: respond(connection, 200, ShardStatus.encodeList(shards), into: &directives)
        case .chat(let chat): respond(connection, describing: chat, into: &directives)
        case .user(.id(let user)):
            lookUp(.user(user), for: connection, .describeUser, at: moment)
        case .user(.name(let name)):
            lookUp(.account(name: name), for: connection, .describeUser, at: moment)
        case .znode(let question): inquire(.znode(question), for: connection, at: moment)
        case .sessions: inquire(.sessions, for: connection, at: moment)
        case .ring(let runs):
            respond(connection, 200, ringStatus(runs: runs).encoded(), into: &directives)
        case .ringOwner(.id(let user)):
            respond(connection, 200, ringOwner(of: user).encoded(), into: &directives)
        case .ringOwner(.name(let name)):
            lookUp(.account(name: name), for: connection, .findOwner, at: moment)
        case .placement:
            respond(connection, 200, placementStatus.encoded(), into: &directives)
        case .importUser(let account):
            let command = MembershipCommand.register(
                name: account.name, displayName: account.displayName, email: "",
                hash: Bytes(account.hash))
            decide(command, for: connection, .importUser, at: moment)
        case .changeGroup(let group, let change):
            changeGroup(group, change, for: connection, at: moment, into: &directives)
        case .issueToken(let request):
            lookUp(
                .account(name: request.name), for: connection, .issueToken(device: request.device),
                at: moment)
        }
    }

    // MARK: Through the membership group

    private mutating func lookUp(
        _ query: MembershipQuery, for connection: ConnectionID, _ errand: AdminErrand,
        at moment: Moment
    ) {
        guard let group = plan.membershipGroup?.id else { return }
        submit(
            query.encoded(), to: group, as: .query, .harmless, for: .admin(connection, errand),
            at: moment)
    }

    private mutating func decide(
        _ command: MembershipCommand, for connection: ConnectionID, _ errand: AdminErrand,
        at moment: Moment
    ) {
        guard let group = plan.membershipGroup?.id else { return }
        submit(
            command.encoded(), to: group, as: .decision, command.repetition,
            for: .admin(connection, errand), at: moment)
    }

    mutating func adminErrandEnded(
        _ connection: ConnectionID, _ errand: AdminErrand, _ outcome: RouteOutcome,
        at moment: Moment
    ) {
        guard admin.has(connection) else { return }
        let answer: AdminAnswer
        switch errand {
        case .describeUser: answer = describeUser(GatewayAnswer(outcome, .membershipAnswer))
        case .findOwner: answer = ringOwner(GatewayAnswer(outcome, .membershipAnswer))
        case .inquire(let subject):
            return inquiryBarrierEnded(subject, for: connection, outcome, at: moment)
        case .importUser: answer = imported(GatewayAnswer(outcome, .membershipReply))
        case .issueToken(let device):
            switch GatewayAnswer(outcome, .membershipAnswer) {
            case .found(.account(let account)):
                let command = MembershipCommand.openDevice(
                    user: account.user, device: nil, label: device)
                return decide(command, for: connection, .tokenDevice(account.user), at: moment)
            case let other: answer = AdminAnswer(failing: other)
            }
        case .tokenDevice(let user):
            answer = issueToken(user, GatewayAnswer(outcome, .membershipReply), at: moment)
        }
        adminAnswers.append((connection, answer))
    }

    /// Answers that became known while services were talking.
    mutating func sendAdminAnswers(into directives: inout [NodeDirective]) {
        for (connection, answer) in adminAnswers where admin.has(connection) {
            respond(connection, answer.status, answer.body, into: &directives)
        }
        adminAnswers.removeAll()
    }

    private func describeUser(_ answer: GatewayAnswer) -> AdminAnswer {
        guard case .found(.account(let account)) = answer else {
            return AdminAnswer(failing: answer)
        }
        return AdminAnswer(
            status: 200,
            body: UserStatus(
                user: account.user, name: account.name, displayName: account.displayName,
                devices: account.devices, chats: chatsCount(of: account.user),
                home: ring.owner(of: account.user)
            ).encoded())
    }

    private func chatsCount(of user: UserID) -> UInt64 {
        guard let group = plan.membershipGroup?.id,
            let bytes = replicas.answer(MembershipQuery.chats(user: user).encoded(), of: group)
        else { return 0 }
        guard case .found(.chats(_, let chats)) = GatewayAnswer(.done(bytes), .membershipAnswer)
        else { return 0 }
        return UInt64(chats.count)
    }

    private func imported(_ answer: GatewayAnswer) -> AdminAnswer {
        guard case .membership(.registered(let user)) = answer else {
            return AdminAnswer(failing: answer)
        }
        return AdminAnswer(status: 201, body: UserImported(user: user).encoded())
    }

    private mutating func issueToken(
        _ user: UserID, _ answer: GatewayAnswer, at moment: Moment
    ) -> AdminAnswer {
        guard case .membership(.deviceOpened(let device)) = answer else {
            return AdminAnswer(failing: answer)
        }
        let lifetime = plan.settings.gateway.tokenLifetime
        let expires = WallTime(
            milliseconds: moment.wall.milliseconds + lifetime.nanoseconds / 1_000_000)
        let token = TokenSigner(key: plan.secrets.tokens, keyID: 1).issue(
            AccessToken(
                user: user, device: device, issued: moment.wall, expires: expires,
                nonce: TokenNonce(high: random.next(), low: random.next())))
        return AdminAnswer(
            status: 201,
            body: IssuedToken(token: token, user: user, device: device, expires: expires)
                .encoded())
    }

    // MARK: Responding

    private func respond(
        _ connection: ConnectionID, _ status: Int, _ body: Bytes,
        type: String = "application/json", into directives: inout [NodeDirective]
    ) {
        let headers: HTTPHeaders = [
            "Content-Type": type, "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        ]
        directives.append(
            .sendToClient(
                connection, HTTPResponse(status: status, headers: headers, body: body).encoded()))
        if admin.isClosing(connection) { directives.append(.closeClient(connection)) }
    }

    /// A chat as this node's own copy has it: copies are compared by asking each node.
    private func respond(
        _ connection: ConnectionID, describing chat: ChatID, into directives: inout [NodeDirective]
    ) {
        let group = group(of: chat)
        guard let bytes = replicas.answer(MessageQuery.describe(chat: chat).encoded(), of: group),
            case .page(.description(let found)) = GatewayAnswer(.done(bytes), .messageAnswer)
        else {
            let error = AdminError(
                code: "not_found", message: "no copy of chat \(chat.digits) on this node")
            return respond(connection, 404, error.encoded(), into: &directives)
        }
        var status = ChatStatus(
            chat: chat, kind: found.kind == .direct ? .direct : .group, title: found.title,
            shard: tables.partitions.shard(of: chat), group: group, node: plan.node)
        status.head = found.head
        status.ord = found.ord
        status.digest = found.digest
        status.membersVersion = found.membersVersion
        status.members = found.members.map {
            ChatStatus.Member(user: $0.user, role: ChatStatus.Member.Role($0.role))
        }
        respond(connection, 200, status.encoded(), into: &directives)
    }
}

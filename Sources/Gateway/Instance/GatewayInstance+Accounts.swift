import ChatWire
import Credentials
import Membership
import Placement
import Toolbox
import Vocabulary

// Accounts: registering, logging in, finding somebody.
extension GatewayInstance {
    /// `POST /v1/users`: hash, then register.
    mutating func createUser(
        _ body: RequestBody, for asker: Asker
    ) -> Outcome? {
        switch body.decode(UserRequest.self) {
        case .failure(let report): return .refused(report)
        case .success(let request):
            if let refusal = PasswordRules.refusal(of: request.password) {
                return .refused(.invalidField("password", refusal.description))
            }
            let password = request.password
            return work(.hash(password: password), .registerHash(asker, request))
        }
    }

    /// `POST /v1/sessions`: look the name up, check the password, open a device.
    mutating func openSession(
        _ body: RequestBody, for asker: Asker
    ) -> Outcome? {
        switch body.decode(SessionRequest.self) {
        case .failure(let report): return .refused(report)
        case .success(let request):
            // Nobody has such a password: this tells nothing about the name.
            guard PasswordRules.shapeRefusal(of: request.password) == nil else {
                return .refused(Self.wrongCredentials)
            }
            ask(
                .lookUp(.account(name: request.name)), .logInAccount(asker, request))
            return nil
        }
    }

    /// `GET /v1/users?name=`
    mutating func findUser(
        name: Bytes, for asker: Asker
    ) -> Outcome? {
        guard let name = name.text else { return .refused(.invalidField("name", "must be UTF-8")) }
        ask(.lookUp(.account(name: name)), .findUser(asker))
        return nil
    }

    // MARK: - What comes back

    mutating func accountFound(
        _ answer: GatewayAnswer, _ request: SessionRequest, for asker: Asker
    ) -> Outcome? {
        var account: Account?
        switch answer {
        case .found(.account(let found)): account = found
        case .found(.refused): break
        case .failed(let failure): return .refused(ErrorReport(failure))
        case .found, .membership, .message, .page, .heads: return .refused(.unexpectedAnswer)
        }
        // An unknown user's password is checked as well, against nothing: the time tells nothing.
        let check = GatewayWork.verify(password: request.password, hash: account?.hash)
        return work(check, .logInVerify(asker, request, account))
    }

    mutating func passwordHashed(
        _ result: GatewayWorkResult, _ request: UserRequest, for asker: Asker
    ) -> Outcome? {
        guard case .hashed(let hash) = result else {
            return .refused(ErrorReport(GatewayFailure.overloaded))
        }
        let command = MembershipCommand.register(
            name: request.name, displayName: request.displayName ?? "",
            email: request.email ?? "", hash: hash)
        ask(.decide(command), .register(asker))
        return nil
    }

    mutating func passwordVerified(
        _ result: GatewayWorkResult, _ request: SessionRequest, _ account: Account?,
        for asker: Asker
    ) -> Outcome? {
        switch result {
        case .verified(true):
            guard let account else { return .refused(Self.wrongCredentials) }
            let command = MembershipCommand.openDevice(
                user: account.user, device: request.device, label: "")
            ask(.decide(command), .logInDevice(asker, account.user))
            return nil
        case .verified(false): return .refused(Self.wrongCredentials)
        case .hashed, .failed: return .refused(ErrorReport(GatewayFailure.overloaded))
        }
    }

    func registered(_ answer: GatewayAnswer) -> Outcome {
        switch answer {
        case .membership(.registered(let user)):
            .body(status: 201, UserAnswer(user: user).encoded())
        case .membership(.refused(let refusal)): .refused(ErrorReport(refusal))
        case .failed(let failure): .refused(ErrorReport(failure))
        case .membership, .found, .message, .page, .heads: .refused(.unexpectedAnswer)
        }
    }

    mutating func deviceOpened(_ answer: GatewayAnswer, _ user: UserID) -> Outcome {
        switch answer {
        case .membership(.deviceOpened(let device)):
            return .body(status: 201, sessionAnswer(user, device).encoded())
        case .membership(.refused(.notFound)):
            return .refused(.invalidField("device", "is none of this user's"))
        case .membership(.refused(let refusal)): return .refused(ErrorReport(refusal))
        case .failed(let failure): return .refused(ErrorReport(failure))
        case .membership, .found, .message, .page, .heads: return .refused(.unexpectedAnswer)
        }
    }

    func userFound(_ answer: GatewayAnswer) -> Outcome {
        switch answer {
        case .found(.account(let account)):
            let users = UsersAnswer(users: [UsersAnswer.User(account)])
            return .body(status: 200, users.encoded())
        case .found(.refused): return .body(status: 200, UsersAnswer(users: []).encoded())
        case .failed(let failure): return .refused(ErrorReport(failure))
        case .found, .membership, .message, .page, .heads: return .refused(.unexpectedAnswer)
        }
    }

    func userDescribed(_ answer: GatewayAnswer) -> Outcome {
        switch answer {
        case .found(.account(let account)):
            return .body(status: 200, UsersAnswer.User(account).encoded())
        case .found(.refused): return .refused(ErrorReport(.notFound, "there is no such user"))
        case .failed(let failure): return .refused(ErrorReport(failure))
        case .found, .membership, .message, .page, .heads: return .refused(.unexpectedAnswer)
        }
    }

    func ownUserFound(_ answer: GatewayAnswer) -> Outcome {
        switch answer {
        case .found(.account(let account)):
            let user = OwnUserAnswer(
                user: account.user, name: account.name,
                displayName: account.displayName.isEmpty ? nil : account.displayName,
                email: account.email.isEmpty ? nil : account.email)
            return .body(status: 200, user.encoded())
        case .found(.refused(let refusal)): return .refused(ErrorReport(refusal))
        case .failed(let failure): return .refused(ErrorReport(failure))
        case .found, .membership, .message, .page, .heads: return .refused(.unexpectedAnswer)
        }
    }

    // MARK: - Tokens

    private mutating func sessionAnswer(
        _ user: UserID, _ device: DeviceID
    ) -> SessionAnswer {
        let issued = now.wall
        let access = AccessToken(
            user: user, device: device, issued: issued,
            expires: issued.advanced(by: settings.tokenLifetime),
            nonce: TokenNonce(high: random.next(), low: random.next()))
        let refresh = RefreshToken(
            user: user, device: device, issued: issued,
            expires: issued.advanced(by: settings.refreshLifetime),
            nonce: TokenNonce(high: random.next(), low: random.next()))
        return SessionAnswer(
            token: Bytes(tokens.issue(access)), refresh: Bytes(tokens.issue(refresh)), user: user,
            device: device, expires: access.expires, gateway: meetingPoint(of: user))
    }

    /// Who shows this token; a report if nobody we know.
    func identify(_ token: Bytes) -> Result<Identity, ErrorReport> {
        verify(token).map { Identity(user: $0.user, device: $0.device) }
    }

    /// The token, if it is good.
    func verify(_ token: Bytes) -> Result<AccessToken, ErrorReport> {
        guard token.count == TokenSigner.textBytes, let text = token.text else {
            return .failure(Self.unauthenticated)
        }
        do throws(TokenFailure) {
            return .success(try tokens.verify(text, at: now.wall))
        } catch {
            switch error {
            case .expired: return .failure(ErrorReport(.tokenExpired, "this token is over"))
            case .malformed, .forged: return .failure(Self.unauthenticated)
            }
        }
    }

    static let unauthenticated = ErrorReport(.unauthenticated, "a valid token is needed")
    static let wrongCredentials = ErrorReport(.wrongCredentials, "name or password is wrong")

    /// Where the user's devices meet: `GET /v1/gateway`, and in the answer to a log-in.
    func meetingPoint(of user: UserID) -> ChatWire.GatewayAnswer {
        let home = ring.owner(of: user)
        return ChatWire.GatewayAnswer(
            node: home, url: urls[home] ?? "", ringEpoch: ring.epoch,
            afterMilliseconds: admission.wait(at: now.monotonic))
    }

    // MARK: - Slow work

    private mutating func work(
        _ job: GatewayWork, _ pending: Pending
    ) -> Outcome? {
        guard passwordJobs < settings.passwordJobsMaximum else {
            counters.limited += 1
            return .refused(ErrorReport(GatewayFailure.overloaded))
        }
        passwordJobs += 1
        directives.append(.work(remember(pending), job))
        return nil
    }
}

/// Who a token says its bearer is.
struct Identity: Hashable, Sendable {
    let user: UserID
    let device: DeviceID
}

extension WallTime {
    /// Never traps: a clock set to the end of time stays there.
    func advanced(by duration: Duration) -> WallTime {
        let (sum, overflows) = milliseconds.addingReportingOverflow(
            duration.nanoseconds / 1_000_000)
        return WallTime(milliseconds: overflows ? .max : sum)
    }
}

extension UsersAnswer.User {
    /// What every user may know of another.
    init(_ account: Account) {
        self.init(
            user: account.user, name: account.name,
            displayName: account.displayName.isEmpty ? nil : account.displayName)
    }
}

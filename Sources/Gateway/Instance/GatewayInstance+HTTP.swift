import ChatWire
import Credentials
import HTTPWire
import Toolbox
import Vocabulary
import WebSocketWire

// HTTP: from bytes to an operation, and from its outcome to an answer.
extension GatewayInstance {
    /// Reads requests until one has to wait for its answer.
    mutating func pumpRequests(_ connection: ConnectionID) {
        while connections.contains(connection),
            exchanges[connection]?.isAnswering == false
        {
            switch exchanges[connection]?.next(at: now.monotonic) {
            case .request(let request): serve(request, on: connection)
            case .goOn: send(HTTPResponse.goOn, to: connection)
            case .failed(let failure): return refuse(failure, on: connection)
            case .needsMore, nil: return
            }
        }
    }

    private mutating func serve(_ request: HTTPRequest, on connection: ConnectionID) {
        guard let exchange = exchanges[connection]?.exchange else { return }
        counters.requests += 1
        let verdict = pass(connection)
        guard verdict == .passed else {
            return answer(exchange, .refused(verdict.report), on: connection)
        }
        if let grant = exchanges[connection]?.grant(at: now.wall) {
            return serve(request, grant, exchange, on: connection)
        }
        if let page = pages[request.path], request.method == .get || request.method == .head {
            return answer(exchange, with: response(for: page), on: connection)
        }
        let asker = Asker(connection: connection, form: .exchange(exchange))
        if let outcome = perform(request, for: asker) {
            answer(exchange, outcome, on: connection)
        }
    }

    private mutating func serve(
        _ request: HTTPRequest, _ grant: HTTPSession.Grant, _ exchange: UInt64,
        on connection: ConnectionID
    ) {
        let asker = Asker(connection: connection, form: .exchange(exchange))
        let outcome = operate(
            grant.route, .document(request.body), key: grant.idempotencyKey, by: grant.identity,
            for: asker)
        if let outcome { answer(exchange, outcome, on: connection) }
    }

    /// Finds the operation and checks the token, which comes before anything that could tell
    /// something to a stranger.
    private mutating func perform(_ request: HTTPRequest, for asker: Asker) -> Outcome? {
        let route: Result<APIRoute, ErrorReport>
        do throws(ErrorReport) {
            route = .success(
                try APIRoute.parse(
                    method: Bytes(request.method.rawValue), target: Bytes(request.target.text)))
        } catch {
            route = .failure(error)
        }
        switch route {
        case .success(.unknown):
            return .refused(.unknownOperation("\(request.method.rawValue) \(request.path)"))
        case .success(.socket): return upgrade(request, for: asker)
        case .success(let route) where route.isPublic:
            return operate(route, .document(request.body), key: Bytes(), by: nil, for: asker)
        case .success, .failure: break
        }
        switch identify(request) {
        case .failure(let report): return .refused(report)
        case .success(let token):
            let identity = Identity(user: token.user, device: token.device)
            switch (route, Self.idempotencyKey(of: request)) {
            case (.failure(let report), _), (_, .failure(let report)): return .refused(report)
            case (.success(let route), .success(let key)):
                let grant = HTTPSession.Grant(
                    route: route, identity: identity, idempotencyKey: key, expires: token.expires)
                exchanges[asker.connection]?.remember(grant)
                return operate(
                    route, .document(request.body), key: key, by: identity, for: asker)
            }
        }
    }

    private func identify(_ request: HTTPRequest) -> Result<AccessToken, ErrorReport> {
        guard let token = request.bearerToken else { return .failure(Self.unauthenticated) }
        return verify(Bytes(token))
    }

    private static func idempotencyKey(of request: HTTPRequest) -> Result<Bytes, ErrorReport> {
        let values = request.headers.values(of: "Idempotency-Key")
        guard let value = values.first else { return .success(Bytes()) }
        guard values.count == 1, (1...64).contains(value.utf8.count) else {
            return .failure(.invalidField("Idempotency-Key", "must have 1 to 64 bytes, once"))
        }
        return .success(Bytes(value))
    }

    // MARK: - Answers

    /// Answers an exchange that is still open, and says nothing to one whose client has gone.
    mutating func answer(_ exchange: UInt64, _ outcome: Outcome, on connection: ConnectionID) {
        let (status, body) = outcome.document
        if status == 201, exchanges[connection]?.keepsAlive == true, !refusesAll {
            return answerCreated(exchange, body, on: connection)
        }
        var response = HTTPResponse(status: status, headers: Self.documentHeaders, body: body)
        if case .refused(let report) = outcome {
            counters.refused += 1
            if let milliseconds = report.afterMilliseconds {
                let seconds = max(1, (milliseconds + 999) / 1_000)
                response.headers.append("Retry-After", String(seconds))
            }
            if status == 401 { response.headers.append("WWW-Authenticate", "Bearer") }
        }
        answer(exchange, with: response, on: connection)
    }

    /// The usual answer on a connection that is kept: its head is written once for all.
    private mutating func answerCreated(
        _ exchange: UInt64, _ body: Bytes, on connection: ConnectionID
    ) {
        let finished = exchanges[connection]?.finish(exchange, at: now.monotonic)
        guard finished.flatMap(\.self) != nil else { return }
        write(to: connection) { output in
            output.writeRaw(Self.createdHead)
            output.writeDigits(UInt64(body.count))
            output.writeRaw("\r\n\r\n")
        }
        send(body, to: connection)
    }

    private static let documentHeaders: HTTPHeaders = [
        "Content-Type": "application/json", "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    ]

    /// As far as the length of the body.
    private static let createdHead: Bytes = {
        let whole = HTTPResponse(status: 201, headers: documentHeaders).encoded()
        return whole.slice(0..<whole.count - "0\r\n\r\n".utf8.count)
    }()

    mutating func answer(
        _ exchange: UInt64, with response: HTTPResponse, on connection: ConnectionID
    ) {
        let finished = exchanges[connection]?.finish(exchange, at: now.monotonic)
        guard let (method, keepsAlive) = finished.flatMap(\.self) else { return }
        let isLast = !keepsAlive || refusesAll
        var response = response
        if isLast { response.headers.append("Connection", "close") }
        send(response.encoded(answering: method), to: connection)
        if isLast { close(connection) }
    }

    /// The framing is lost: answer, then close.
    private mutating func refuse(_ failure: HTTPFailure, on connection: ConnectionID) {
        let report: ErrorReport
        switch failure {
        case .bodyTooLarge: report = ErrorReport(.tooLarge, "the body is too large")
        case .malformed(let what): report = ErrorReport(.malformed, what)
        case .targetTooLong, .headTooLarge, .unsupported, .unsupportedExpectation,
            .unsupportedVersion:
            report = ErrorReport(.malformed, "this is no HTTP that this server reads")
        }
        counters.refused += 1
        sendLast(status: failure.status, report, to: connection)
    }

    /// An answer outside of any exchange, and the end of the connection.
    mutating func sendLast(status: Int, _ report: ErrorReport, to connection: ConnectionID) {
        var headers: HTTPHeaders = [
            "Content-Type": "application/json", "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff", "Connection": "close",
        ]
        if status == 503 { headers.append("Retry-After", "1") }
        let response = HTTPResponse(
            status: status, headers: headers, body: report.encodedDocument())
        send(response.encoded(), to: connection)
        close(connection)
    }

    // MARK: - Pages for browsers

    /// Scripts, styles and connections from and to this cluster alone: what is injected into a page
    /// finds nothing to run and nobody to tell.
    private func response(for page: StaticPage) -> HTTPResponse {
        let sockets = urls.values.map { url in
            url.hasPrefix("http") ? "\(url) ws\(url.dropFirst(4))" : url
        }
        let policy = """
            default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
            connect-src 'self' \(sockets.joined(separator: " ")); base-uri 'none'; \
            form-action 'none'; frame-ancestors 'none'
            """
        return HTTPResponse(
            status: 200,
            headers: [
                "Content-Type": page.contentType, "Content-Security-Policy": policy,
                "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
                "Cache-Control": "no-cache",
            ], body: page.body)
    }
}

extension APIRoute {
    /// What a stranger may do.
    var isPublic: Bool {
        switch self {
        case .createUser, .openSession: true
        case .gateway, .socket, .ownUser, .findUser, .user, .createChat, .chats, .chat, .members,
            .putMember, .removeMember, .postMessage, .messages, .unknown:
            false
        }
    }
}

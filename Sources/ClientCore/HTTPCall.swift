public import ChatWire
import HTTPWire
public import Toolbox

/// One HTTP operation as a client asks for it.
public struct HTTPCall: Hashable, Sendable {
    public let route: APIRoute
    public var body: Bytes
    public var token: Bytes?
    /// Under which a repeat gets the first answer.
    public var idempotencyKey: String?

    public init(_ route: APIRoute, body: Bytes = Bytes(), token: Bytes? = nil) {
        self.route = route
        self.body = body
        self.token = token
    }

    public static func createUser(_ request: UserRequest) -> HTTPCall {
        HTTPCall(.createUser, body: request.encoded())
    }

    public static func openSession(_ request: SessionRequest) -> HTTPCall {
        HTTPCall(.openSession, body: request.encoded())
    }

    public static func createChat(_ request: ConversationRequest, token: Bytes) -> HTTPCall {
        HTTPCall(.createChat, body: request.encoded(), token: token)
    }

    /// The request as it goes on the wire.
    ///
    /// - Parameter host: for the `Host` field.
    public func encoded(for host: ServerAddress) -> Bytes {
        var headers = HTTPHeaders()
        if let token = token?.text { headers.append("Authorization", "Bearer \(token)") }
        if let idempotencyKey { headers.append("Idempotency-Key", idempotencyKey) }
        if !body.isEmpty { headers.append("Content-Type", "application/json") }
        return HTTPRequest(
            method: method, target: target, host: host.description, headers: headers, body: body
        ).encoded()
    }

    private var method: HTTPMethod {
        guard let method = HTTPMethod(rawValue: route.method.description) else {
            unreachable("a route by \(route.method)")
        }
        return method
    }

    private var target: HTTPTarget {
        do throws(HTTPFailure) {
            return try HTTPTarget(parsing: route.target)
        } catch {
            unreachable("our own target \(route): \(error)")
        }
    }
}

/// What a server answered to an HTTP operation.
public struct HTTPAnswer: Hashable, Sendable {
    public let status: Int
    public let body: Bytes
    /// Whether the connection takes another call.
    public let keepsConnection: Bool

    public var isSuccess: Bool { status >= 200 && status < 300 }

    /// The answer's body.
    ///
    /// - Throws: the server's error, or `malformed` for what is no such body.
    public func decoded<Value: Body>(
        as type: Value.Type = Value.self
    ) throws(ErrorReport) -> Value {
        do throws(FrameFailure) {
            guard isSuccess else {
                throw FrameFailure.invalid(try ErrorReport(decoding: body), id: nil)
            }
            return try Value(decoding: body)
        } catch {
            throw error.report
        }
    }
}

/// A client's HTTP connection as a pure value: calls go out as bytes, answers come in as bytes, in
/// the same order. Calls may be pipelined.
public struct HTTPCaller: Sendable {
    public let address: ServerAddress
    /// Calls without their answer.
    public private(set) var outstandingCount = 0
    private var decoder = HTTPResponseDecoder()

    public init(to address: ServerAddress) { self.address = address }

    /// What to send for a call.
    public mutating func write(_ call: HTTPCall) -> Bytes {
        outstandingCount += 1
        return call.encoded(for: address)
    }

    /// The answers that are complete with these bytes.
    ///
    /// - Throws: `malformed`, after which the connection is of no more use.
    public mutating func receive(_ bytes: Bytes) throws(ErrorReport) -> [HTTPAnswer] {
        decoder.append(bytes)
        var answers: [HTTPAnswer] = []
        do throws(HTTPFailure) {
            while let response = try decoder.next() {
                guard outstandingCount > 0 else { throw HTTPFailure.malformed("unasked answer") }
                outstandingCount -= 1
                answers.append(
                    HTTPAnswer(
                        status: response.status, body: response.body,
                        keepsConnection: response.keepAlive))
            }
        } catch {
            throw ErrorReport(.malformed, "the answer is no HTTP: \(error)")
        }
        return answers
    }
}

public import Toolbox
public import Vocabulary

/// The body of `POST /v1/users`.
public struct UserRequest: Hashable, Sendable {
    public var name: String
    public var password: Bytes
    public var displayName: String?
    public var email: String?

    public init(name: String, password: Bytes) {
        self.name = name
        self.password = password
    }
}

/// The answer to `POST /v1/users`.
public struct UserAnswer: Hashable, Sendable {
    public var user: UserID

    public init(user: UserID) { self.user = user }
}

/// The body of `POST /v1/sessions`.
public struct SessionRequest: Hashable, Sendable {
    public var name: String
    public var password: Bytes
    public var device: DeviceID?

    public init(name: String, password: Bytes, device: DeviceID? = nil) {
        self.name = name
        self.password = password
        self.device = device
    }
}

/// The answer to `POST /v1/sessions`.
public struct SessionAnswer: Hashable, Sendable {
    public var token: Bytes
    public var refresh: Bytes
    public var user: UserID
    public var device: DeviceID
    /// When the token ends.
    public var expires: WallTime
    public var gateway: GatewayAnswer

    public init(
        token: Bytes, refresh: Bytes, user: UserID, device: DeviceID, expires: WallTime,
        gateway: GatewayAnswer
    ) {
        self.token = token
        self.refresh = refresh
        self.user = user
        self.device = device
        self.expires = expires
        self.gateway = gateway
    }
}

/// The answer to `GET /v1/gateway`: where the user's devices meet now.
public struct GatewayAnswer: Hashable, Sendable {
    public var node: NodeID
    public var url: String
    public var ringEpoch: RingEpoch
    /// How long to wait before going there; 0 for at once.
    public var afterMilliseconds: Int

    public init(node: NodeID, url: String, ringEpoch: RingEpoch, afterMilliseconds: Int = 0) {
        self.node = node
        self.url = url
        self.ringEpoch = ringEpoch
        self.afterMilliseconds = afterMilliseconds
    }
}

extension UserRequest: JSONBody {
    func writeMembers(into json: inout JSONWriter) {
        json.member("name", name)
        json.member("password", password)
        json.member("display_name", ifAny: displayName)
        json.member("email", ifAny: email)
    }

    init(from fields: Fields) throws(ErrorReport) {
        self.init(name: try fields.text("name"), password: try fields.bytes("password"))
        displayName = try fields.optionalText("display_name")
        email = try fields.optionalText("email")
    }
}

extension UserAnswer: JSONBody {
    func writeMembers(into json: inout JSONWriter) { json.member("user", user) }

    init(from fields: Fields) throws(ErrorReport) {
        self.init(user: try fields.identifier("user"))
    }
}

extension SessionRequest: JSONBody {
    func writeMembers(into json: inout JSONWriter) {
        json.member("name", name)
        json.member("password", password)
        if let device { json.member("device", device) }
    }

    init(from fields: Fields) throws(ErrorReport) {
        self.init(
            name: try fields.text("name"), password: try fields.bytes("password"),
            device: try fields.optionalIdentifier("device"))
    }
}

extension SessionAnswer: JSONBody {
    func writeMembers(into json: inout JSONWriter) {
        json.member("token", token)
        json.member("refresh", refresh)
        json.member("user", user)
        json.member("device", device)
        json.member("expires", expires)
        json.key("gateway")
        json.beginObject()
        gateway.writeMembers(into: &json)
        json.endObject()
    }

    init(from fields: Fields) throws(ErrorReport) {
        let gateway = try fields.require("gateway", try fields.optionalFields("gateway"))
        self.init(
            token: try fields.bytes("token"), refresh: try fields.bytes("refresh"),
            user: try fields.identifier("user"), device: try fields.identifier("device"),
            expires: try fields.time("expires"), gateway: try GatewayAnswer(from: gateway))
    }
}

extension GatewayAnswer: JSONBody {
    func writeMembers(into json: inout JSONWriter) {
        json.member("node", Int64(node.rawValue))
        json.member("url", url)
        json.member("ring_epoch", ringEpoch.rawValue)
        json.member("after_ms", Int64(afterMilliseconds))
    }

    init(from fields: Fields) throws(ErrorReport) {
        self.init(
            node: try fields.node("node"), url: try fields.text("url"),
            ringEpoch: RingEpoch(try fields.number("ring_epoch")),
            afterMilliseconds: Int(try fields.number("after_ms")))
    }
}

public import Toolbox
public import Vocabulary

/// An account brought from elsewhere, with a ready crypt(3) hash: what is posted to
/// `/admin/v1/users`.
public struct UserImport: AdminShape {
    public var name: String
    public var displayName: String
    public var hash: String

    public init(name: String, displayName: String, hash: String) {
        self.name = name
        self.displayName = displayName
        self.hash = hash
    }

    public func write(into json: inout JSONWriter) {
        json.beginObject()
        json.member("name", name)
        json.member("display_name", displayName)
        json.member("hash", hash)
        json.endObject()
    }

    public init(from value: JSONValue) throws(AdminFailure) {
        let fields = try AdminFields(value, of: "user")
        name = try fields.text("name")
        displayName = try fields.textIfAny("display_name") ?? name
        hash = try fields.text("hash")
    }
}

/// The answer to an import: the account's number.
public struct UserImported: AdminShape {
    public var user: UserID

    public init(user: UserID) { self.user = user }

    public func write(into json: inout JSONWriter) {
        json.beginObject()
        json.member("user", named: user)
        json.endObject()
    }

    public init(from value: JSONValue) throws(AdminFailure) {
        user = try AdminFields(value, of: "answer").named("user")
    }
}

/// Whom to make a token for: the body of `POST /admin/v1/tokens`. It opens a device of that name.
public struct TokenRequest: AdminShape {
    public var name: String
    public var device: String

    public init(name: String, device: String) {
        self.name = name
        self.device = device
    }

    public func write(into json: inout JSONWriter) {
        json.beginObject()
        json.member("name", name)
        json.member("device", device)
        json.endObject()
    }

    public init(from value: JSONValue) throws(AdminFailure) {
        let fields = try AdminFields(value, of: "request")
        name = try fields.text("name")
        device = try fields.textIfAny("device") ?? "clusterctl"
    }
}

/// A token that opens the client API as a user, and until when.
public struct IssuedToken: AdminShape {
    public var token: String
    public var user: UserID
    public var device: DeviceID
    public var expires: WallTime

    public init(token: String, user: UserID, device: DeviceID, expires: WallTime) {
        self.token = token
        self.user = user
        self.device = device
        self.expires = expires
    }

    public func write(into json: inout JSONWriter) {
        json.beginObject()
        json.member("token", token)
        json.member("user", named: user)
        json.member("device", named: device)
        json.member("expires", expires.milliseconds)
        json.endObject()
    }

    public init(from value: JSONValue) throws(AdminFailure) {
        let fields = try AdminFields(value, of: "answer")
        token = try fields.text("token")
        user = try fields.named("user")
        device = try fields.named("device")
        expires = WallTime(milliseconds: try fields.number("expires"))
    }
}

public import Toolbox
public import Vocabulary

/// An account as operators see it. Never with its password's hash.
public struct UserStatus: AdminShape {
    public var user: UserID
    public var name: String
    public var displayName: String
    public var devices: [DeviceID]
    /// Chats that the user is in.
    public var chats: UInt64
    /// The node where the user's devices meet.
    public var home: NodeID

    public init(
        user: UserID, name: String, displayName: String, devices: [DeviceID], chats: UInt64,
        home: NodeID
    ) {
        self.user = user
        self.name = name
        self.displayName = displayName
        self.devices = devices
        self.chats = chats
        self.home = home
    }

    public func write(into json: inout JSONWriter) {
        json.beginObject()
        json.member("user", named: user)
        json.member("name", name)
        json.member("display_name", displayName)
        json.key("devices")
        json.beginArray()
        for device in devices { json.value(device.digits) }
        json.endArray()
        json.member("chats", chats)
        json.member("home", numbered: home)
        json.endObject()
    }

    public init(from value: JSONValue) throws(AdminFailure) {
        let fields = try AdminFields(value, of: "user")
        user = try fields.named("user")
        name = try fields.text("name")
        displayName = try fields.text("display_name")
        chats = try fields.number("chats")
        home = try fields.numbered("home")
        devices = []
        guard let elements = fields.value("devices")?.array else {
            throw .invalidField("devices", expected: "a list")
        }
        for element in elements {
            guard let device = element.string.flatMap({ DeviceID(digits: $0) }) else {
                throw .invalidField("devices", expected: "a list of strings of digits")
            }
            devices.append(device)
        }
    }
}

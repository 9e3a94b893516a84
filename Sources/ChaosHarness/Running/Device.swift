import ClientCore
import SystemIO
import Toolbox
import Vocabulary

/// One user's device: the client, its socket, and what it is about to send.
struct Device {
    let user: UserID
    let token: Bytes
    /// What the user is in; the last is the one with everybody.
    var chats: [ChatID] = []
    var client: ChatClientInstance
    /// Of the connection that the client knows by its id.
    var socket: (id: ConnectionID, key: UInt64)?
    /// Where it is or was connected last, by what the node said; nil before the first time.
    var node: NodeID?
    /// Why its last connection ended.
    var wentBecause = Reconnection.Cause.lost
    /// Since when it has had no connection; nil if it has one, or never had.
    var awaySince: Instant?
    /// When it writes next.
    var sendAt = Instant(nanoseconds: 0)
    /// The number of the message that is not answered yet.
    var inFlight: Int?
    var disconnectionsCount = 0

    init(user: UserID, token: Bytes, client: ChatClientInstance) {
        self.user = user
        self.token = token
        self.client = client
    }

    /// Settings of all clients: more impatient than people's, because nodes die under them.
    static func settings(
        _ nodes: [ServerAddress], home: ServerAddress?, token: Bytes
    ) -> ChatClientSettings {
        var settings = ChatClientSettings(nodes: nodes, token: token)
        settings.home = home
        settings.following = .fromBeginning
        settings.sendsOutstandingMaximum = 1
        settings.backoffMaximum = .milliseconds(500)
        return settings
    }
}

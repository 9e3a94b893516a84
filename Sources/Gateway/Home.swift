import Toolbox
import Vocabulary

/// The sessions of the users whose arcs this node owns, wherever their sockets are.
struct Home: Sendable {
    private var sessions = SlotTable<SessionKey, ClientSession>()
    /// For look-up only; each list ascends.
    private var keysByUser = HashTable<UserID, [SessionKey]>()
    /// Attachments that wait until the subscriptions cover their users, in the order they came.
    private(set) var waiting: [SessionKey] = []
    /// Whether the subscriptions do.
    private(set) var covers = false

    var count: Int { sessions.count }

    subscript(key: SessionKey) -> ClientSession? {
        get { sessions[key] }
        _modify { yield &sessions[key] }
    }

    /// Takes a number for a push to this session that leaves at once; nil if it does not.
    mutating func takeNumber(_ key: SessionKey) -> UInt64? {
        sessions.update(key) { $0.takeNumber() } ?? nil
    }

    func isPresent(_ user: UserID) -> Bool { keysByUser[user] != nil }

    /// Every session of `user`, ascending.
    func keys(of user: UserID) -> [SessionKey] { keysByUser[user] ?? [] }

    /// Every session whose socket is on `edge`, ascending.
    func keys(on edge: NodeID) -> [SessionKey] {
        sessions.sortedKeys.filter { $0.edge == edge }
    }

    /// Every session, ascending.
    var allKeys: [SessionKey] { sessions.sortedKeys }

    /// Everybody with a session, ascending.
    var users: [UserID] { keysByUser.sortedKeys() }

    /// Adds a session; one that had its key before gives way.
    mutating func add(_ session: ClientSession, as key: SessionKey) {
        remove(key)
        let user = session.attachment.user
        sessions.insert(session, as: key)
        var keys = keysByUser[user] ?? []
        keys.insert(key, at: keys.firstIndex { key < $0 } ?? keys.count)
        keysByUser[user] = keys
        if !covers { waiting.append(key) }
    }

    mutating func remove(_ key: SessionKey) {
        guard let session = sessions[key] else { return }
        sessions.remove(key)
        let user = session.attachment.user
        let left = keysByUser[user]?.filter { $0 != key } ?? []
        keysByUser[user] = left.isEmpty ? nil : left
        if !waiting.isEmpty { waiting.removeAll { $0 == key } }
    }

    /// Returns the attachments that waited for it.
    mutating func setCovers(_ covers: Bool) -> [SessionKey] {
        self.covers = covers
        guard covers else { return [] }
        defer { waiting = [] }
        return waiting
    }
}

import Placement
import Toolbox
import Vocabulary

/// The sessions of the users whose arcs this node owns, wherever their sockets are.
struct Home: Sendable {
    private var sessions = SlotTable<SessionKey, ClientSession>()
    /// For look-up only; each list ascends.
    private var keysByUser = HashTable<UserID, [SessionKey]>()
    private var arcs: ArcTenures
    /// Whether the subscriptions bring everything for the users of these arcs.
    var covers = false

    init(of node: NodeID, in ring: Ring) { arcs = ArcTenures(of: node, in: ring) }

    /// Returns whether this node owns arcs that it did not.
    mutating func follow(_ ring: Ring, as node: NodeID) -> Bool { arcs.follow(ring, as: node) }

    /// Under which a session of this user is attached now; 0 if his home is elsewhere.
    func tenure(of user: UserID) -> UInt32 { arcs.tenure(of: user) }

    var count: Int { sessions.count }
    var slotsCount: Int { sessions.slotsCount }

    /// The key in a slot; nil if the slot is free.
    func key(inSlot slot: Int) -> SessionKey? { sessions.key(inSlot: slot) }

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
    }

    mutating func remove(_ key: SessionKey) {
        guard let session = sessions[key] else { return }
        sessions.remove(key)
        let user = session.attachment.user
        let left = keysByUser[user]?.filter { $0 != key } ?? []
        keysByUser[user] = left.isEmpty ? nil : left
    }
}

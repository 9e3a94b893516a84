internal import Toolbox
internal import ZooKeeperWire

/// All sessions, in parts, so that the first change after a snapshot copies one part only.
struct SessionTable: Sendable {
    private struct Key: RawRepresentable, Sendable {
        let rawValue: UInt64
        init(rawValue: UInt64) { self.rawValue = rawValue }
        init(_ id: CoordinationSessionID) { rawValue = UInt64(bitPattern: id.rawValue) }
        var id: CoordinationSessionID { CoordinationSessionID(Int64(bitPattern: rawValue)) }
    }

    private static let partsCount: UInt64 = 64

    private var parts = [HashTable<Key, SessionState>](
        repeating: HashTable(), count: Int(partsCount))
    private(set) var count = 0

    subscript(id: CoordinationSessionID) -> SessionState? {
        get { parts[Self.part(of: id)][Key(id)] }
        set {
            let part = Self.part(of: id)
            let before = parts[part].count
            parts[part][Key(id)] = newValue
            count += parts[part].count - before
        }
    }

    /// Changes a session where it stands; nil if there is none.
    mutating func update<Result>(
        _ id: CoordinationSessionID, _ body: (inout SessionState) -> Result
    ) -> Result? {
        parts[Self.part(of: id)].update(Key(id), body)
    }

    /// All ids, ascending.
    var ids: [CoordinationSessionID] { parts.flatMap { $0.sortedKeys().map(\.id) }.sorted() }

    private static func part(of id: CoordinationSessionID) -> Int {
        let raw = UInt64(bitPattern: id.rawValue)
        return Int((raw ^ raw >> 32) % partsCount)
    }
}

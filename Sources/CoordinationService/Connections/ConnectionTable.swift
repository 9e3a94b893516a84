import Toolbox
import Vocabulary

/// All connections, changed where they lie. A slot is used again once its connection is gone.
struct ConnectionTable: Sendable {
    private var slots: [ClientConnection] = []
    private var free: [Int32] = []
    private var index = HashTable<ConnectionID, Int32>()
    private var hosts: [Bytes: Int] = [:]

    var count: Int { slots.count - free.count }
    /// All slots, some of them free.
    var indices: Range<Int> { slots.indices }

    func slot(of id: ConnectionID) -> Int? { index[id].map(Int.init) }
    func count(from host: Bytes) -> Int { hosts[host] ?? 0 }

    @inline(__always)
    subscript(slot: Int) -> ClientConnection {
        _read { yield slots[slot] }
        _modify { yield &slots[slot] }
    }

    mutating func insert(_ connection: ClientConnection) {
        hosts[connection.host, default: 0] += 1
        if let slot = free.popLast() {
            slots[Int(slot)] = connection
            index[connection.id] = slot
        } else {
            index[connection.id] = Int32(slots.count)
            slots.append(connection)
        }
    }

    mutating func remove(_ slot: Int) {
        let host = slots[slot].host
        let left = (hosts[host] ?? 1) - 1
        hosts[host] = left > 0 ? left : nil
        index[slots[slot].id] = nil
        slots[slot] = .vacant
        free.append(Int32(slot))
    }
}

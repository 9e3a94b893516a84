internal import Toolbox

/// Finds the slot of a path's node. For look-up only: it has no order that could show.
///
/// Paths are chosen by strangers, so the hash is the standard library's, which differs from process
/// to process: nobody can prepare paths that fall on one place. Kept in 256 tables, so that growing
/// moves a small part at a time; a snapshot leaves it out.
struct PathIndex: Sendable {
    /// Open addressing, linear probing; removal moves what follows back.
    private struct Table: Sendable {
        /// The hash's lower half above the slot plus one; 0 is free.
        var entries = [UInt64](repeating: 0, count: 8)
        var count = 0
    }

    private var tables = [Table](repeating: Table(), count: 256)

    static func hash(_ path: Bytes) -> UInt64 {
        var hasher = Hasher()
        path.withUnsafeBytes { hasher.combine(bytes: $0) }
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }

    /// The slot of the node of this hash for which `matches` holds.
    @inline(__always)
    func slot(of hash: UInt64, where matches: (UInt32) -> Bool) -> UInt32? {
        let table = Int(hash >> 56)
        return tables.withUnsafeBufferPointer { tables in
            tables[table].entries.withUnsafeBufferPointer { entries in
                let mask = entries.count - 1
                var place = Int(truncatingIfNeeded: hash) & 0xFFFF_FFFF & mask
                while entries[place] != 0 {
                    let entry = entries[place]
                    if entry >> 32 == hash & 0xFFFF_FFFF {
                        let slot = UInt32(truncatingIfNeeded: entry) - 1
                        if matches(slot) { return slot }
                    }
                    place = (place + 1) & mask
                }
                return nil
            }
        }
    }

    /// - Precondition: the node is not in it.
    mutating func insert(_ slot: UInt32, hash: UInt64) {
        let table = Int(hash >> 56)
        if (tables[table].count + 1) * 4 > tables[table].entries.count * 3 { grow(table) }
        Self.place(hash << 32 | UInt64(slot + 1), in: &tables[table].entries)
        tables[table].count += 1
    }

    /// - Precondition: the node is in it.
    mutating func remove(_ slot: UInt32, hash: UInt64) {
        let table = Int(hash >> 56)
        let entry = hash << 32 | UInt64(slot + 1)
        tables[table].count -= 1
        tables[table].entries.withUnsafeMutableBufferPointer { entries in
            let mask = entries.count - 1
            var hole = Int(entry >> 32) & mask
            while entries[hole] != entry {
                invariant(entries[hole] != 0, "slot \(slot) is not in the index")
                hole = (hole + 1) & mask
            }
            var next = (hole + 1) & mask
            while entries[next] != 0 {
                let home = Int(entries[next] >> 32) & mask
                if (next - home) & mask >= (next - hole) & mask {
                    entries[hole] = entries[next]
                    hole = next
                }
                next = (next + 1) & mask
            }
            entries[hole] = 0
        }
    }

    private mutating func grow(_ table: Int) {
        let old = tables[table].entries
        tables[table].entries = [UInt64](repeating: 0, count: old.count * 2)
        for entry in old where entry != 0 { Self.place(entry, in: &tables[table].entries) }
    }

    private static func place(_ entry: UInt64, in entries: inout [UInt64]) {
        let mask = entries.count - 1
        var place = Int(entry >> 32) & mask
        while entries[place] != 0 { place = (place + 1) & mask }
        entries[place] = entry
    }
}

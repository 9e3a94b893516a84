import LogStorage
import Toolbox

/// A data directory that forgets what was not synced.
struct VirtualDisk {
    private struct File {
        var durable: [UInt8]
        var current: [UInt8]
        /// Sectors written since the last sync.
        var unsynced: SortedMap<Int, Bool> = SortedMap()
    }
    private enum Change {
        case link(FileName, Int)
        case unlink(FileName)
    }

    static let sectorBytes = 512

    private var files: [Int: File] = [:]
    private var nextFile = 0
    private var names = SortedMap<FileName, Int>()
    private var durableNames = SortedMap<FileName, Int>()
    private var unsyncedChanges: [[Change]] = []

    /// What a process reads.
    var content: SortedMap<FileName, Bytes> {
        var content = SortedMap<FileName, Bytes>()
        for (name, file) in names { content[name] = Bytes(files[file]?.current ?? []) }
        return content
    }

    /// Carries out one directive; answers the token of a `complete`.
    mutating func perform(_ directive: StorageDirective) -> StorageToken? {
        switch directive {
        case .create(let name, let count):
            let zeros = [UInt8](repeating: 0, count: count)
            files[nextFile] = File(durable: zeros, current: zeros)
            change([.link(name, nextFile)])
            nextFile += 1
        case .write(let name, let offset, let bytes):
            write(bytes.array, at: offset, of: name)
        case .synchronize(let name):
            guard let number = names[name], var file = files[number] else { break }
            file.durable = file.current
            file.unsynced.removeAll()
            files[number] = file
        case .rename(let from, let to):
            guard let number = names[from] else { break }
            change([.unlink(from), .link(to, number)])
        case .remove(let name):
            change([.unlink(name)])
        case .synchronizeDirectory:
            durableNames = names
            unsyncedChanges = []
        case .complete(let token):
            return token
        }
        return nil
    }

    mutating func perform(all directives: [StorageDirective]) {
        for directive in directives { _ = perform(directive) }
    }

    private mutating func write(_ bytes: [UInt8], at offset: Int, of name: FileName) {
        guard let number = names[name], var file = files[number] else { return }
        let end = offset + bytes.count
        if file.current.count < end {
            file.current += [UInt8](repeating: 0, count: end - file.current.count)
        }
        file.current.replaceSubrange(offset..<end, with: bytes)
        for sector in offset / Self.sectorBytes...max(offset, end - 1) / Self.sectorBytes {
            file.unsynced[sector] = true
        }
        files[number] = file
    }

    private mutating func change(_ changes: [Change]) {
        Self.apply(changes, to: &names)
        unsyncedChanges.append(changes)
    }

    private static func apply(_ changes: [Change], to names: inout SortedMap<FileName, Int>) {
        for change in changes {
            switch change {
            case .link(let name, let file): names[name] = file
            case .unlink(let name): names[name] = nil
            }
        }
    }

    /// The power goes: of un-synced sectors some stay, of un-synced directory changes the first.
    mutating func cutPower(_ random: inout SeededRandom) {
        let stay = random.below(unsyncedChanges.count + 1)
        for changes in unsyncedChanges.prefix(stay) { Self.apply(changes, to: &durableNames) }
        names = durableNames
        unsyncedChanges = []
        for number in files.keys.sorted() {
            guard var file = files[number] else { continue }
            for sector in file.unsynced.keys where random.below(2) == 0 {
                let start = sector * Self.sectorBytes
                let end = min(start + Self.sectorBytes, file.current.count)
                if file.durable.count < end {
                    file.durable += [UInt8](repeating: 0, count: end - file.durable.count)
                }
                file.durable.replaceSubrange(start..<end, with: file.current[start..<end])
            }
            file.current = file.durable
            file.unsynced.removeAll()
            files[number] = file
        }
    }

    /// Changes bytes behind everybody's back.
    mutating func tamper(_ name: FileName, _ body: (inout [UInt8]) -> Void) {
        guard let number = names[name], var file = files[number] else { return }
        body(&file.current)
        file.durable = file.current
        files[number] = file
    }
}

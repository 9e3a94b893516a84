import Raft
import Toolbox
import Vocabulary

/// What a machine's snapshot holds, as far as anybody asks.
struct SavedState: Hashable {
    let position: SnapshotPosition
    let digest: UInt64
    let configuration: RaftConfiguration
}

enum DiskOperation {
    case write(RaftWrite)
    case install(SavedState, from: RaftMember)
}

/// What is durable of one copy.
struct Disk {
    var hardState = HardState.initial
    var snapshot: SavedState?
    /// As of the snapshot, or of before the first entry.
    var configuration: RaftConfiguration
    var entries: [LogEntry] = []

    init(configuration: RaftConfiguration) { self.configuration = configuration }

    private var base: LogIndex { snapshot?.position.index ?? .zero }

    mutating func perform(_ write: RaftWrite) {
        if let hardState = write.hardState { self.hardState = hardState }
        let start = base.rawValue + 1
        for entry in write.entries where entry.index.rawValue >= start {
            let offset = Int(entry.index.rawValue - start)
            precondition(offset <= entries.count, "a hole before \(entry.index)")
            entries.removeLast(entries.count - offset)
            entries.append(entry)
        }
    }

    mutating func install(_ state: SavedState) {
        let position = state.position
        guard position.index > base else { return }
        let keeps = entries.contains { $0.index == position.index && $0.term == position.term }
        entries = keeps ? entries.filter { $0.index > position.index } : []
        snapshot = state
        configuration = state.configuration
    }

    func holds(_ entry: LogEntry) -> Bool {
        if entry.index <= base { return true }
        let offset = Int(entry.index.rawValue - base.rawValue) - 1
        return offset < entries.count && entries[offset].term == entry.term
    }
}

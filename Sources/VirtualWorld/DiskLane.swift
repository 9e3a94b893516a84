public import LogStorage
import Toolbox

/// What one worker of a node's disk still has to do, strictly in order.
public struct DiskLane: Sendable {
    private var waiting = FirstInFirstOut<StorageDirective>()
    /// The directive whose time is running; the lane waits for it.
    public private(set) var current: StorageDirective?
    /// No sync ends before this time.
    public var stalledUntil = WorldTime.start

    public init() {}

    public var isBusy: Bool { current != nil }

    public mutating func append(_ directive: StorageDirective) { waiting.append(directive) }

    /// Does what costs no time, and begins what does. Answers the completed tokens in order, and
    /// whether the lane is now waiting for a sync.
    public mutating func proceed(
        on disk: inout VirtualDisk, completed: inout [StorageToken]
    ) -> DiskLaneFailure? {
        current = nil
        while let directive = waiting.popFirst() {
            switch directive {
            case .complete(let token): completed.append(token)
            case .create, .write, .rename, .remove:
                guard disk.perform(directive) else { return .noSuchFile(directive) }
            case .synchronize, .synchronizeDirectory:
                current = directive
                return nil
            }
        }
        return nil
    }

    /// The running sync is over.
    public mutating func finishCurrent(on disk: inout VirtualDisk) -> DiskLaneFailure? {
        guard let directive = current else { return nil }
        current = nil
        return disk.perform(directive) ? nil : .noSuchFile(directive)
    }
}

public enum DiskLaneFailure: Hashable, Sendable {
    case noSuchFile(StorageDirective)

    public var description: String {
        switch self {
        case .noSuchFile(let directive): "no such file: \(directive)"
        }
    }
}

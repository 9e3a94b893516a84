public import ClusterNode
public import LogStorage

/// What workers tell the node's thread.
public enum ShellMessage: Sendable {
    case storageCompleted(StorageToken)
    case storageFailed(String)
    case workCompleted(WorkID, WorkResult)

    var event: NodeEvent {
        switch self {
        case .storageCompleted(let token): .storageCompleted(token)
        case .storageFailed(let reason): .storageFailed(reason)
        case .workCompleted(let work, let result): .workCompleted(work, result)
        }
    }
}

public import LogStorage
public import Toolbox

/// What was read of a node's data directory.
public struct DataDirectory: Sendable {
    /// The bytes of every file whose name is a `FileName`; zeros for what could not be read.
    public var files: SortedMap<FileName, Bytes>
    /// Which of them, or which parts, the system refused to read.
    public var unreadable: SortedMap<FileName, ReadFailure>

    public init(
        files: SortedMap<FileName, Bytes>,
        unreadable: SortedMap<FileName, ReadFailure> = SortedMap()
    ) {
        self.files = files
        self.unreadable = unreadable
    }
}

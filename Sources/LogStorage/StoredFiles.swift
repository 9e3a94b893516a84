public import Toolbox

/// What a data directory holds, as recovery wants to be given it.
public struct StoredFiles: Sendable {
    /// The files' bytes, zeros where they cannot be read. Of segments that were set aside, and of
    /// files that are neither the log's nor snapshots, only the names count.
    public var contents: SortedMap<FileName, Bytes>
    /// What the system refused to read.
    public var unreadable: SortedMap<FileName, ReadFailure>

    public init(
        _ contents: SortedMap<FileName, Bytes> = SortedMap(),
        unreadable: SortedMap<FileName, ReadFailure> = SortedMap()
    ) {
        self.contents = contents
        self.unreadable = unreadable
    }
}

/// The system's refusal to read a file, or a part of one.
public struct ReadFailure: Hashable, Sendable {
    /// The first byte that could not be read.
    public let offset: Int
    /// The system's error number.
    public let code: Int32

    public init(offset: Int, code: Int32) {
        self.offset = offset
        self.code = code
    }
}

public import LogStorage
public import SystemIO
public import Toolbox

/// What a data directory holds, as a node's start wants to be given it.
public struct StoredFiles: Sendable {
    /// Of segments that were set aside only the names.
    public private(set) var contents: SortedMap<FileName, Bytes> = SortedMap()
    /// What the system refused to read.
    public private(set) var unreadable: SortedMap<FileName, ReadFailure> = SortedMap()

    /// - Throws: if the folder cannot be read, or a file for another reason than its disk.
    public init(in folder: Folder) throws(SystemCallFailure) {
        for text in try folder.names() {
            guard text != "lock", let name = FileName(text) else { continue }
            if SegmentNames.isSetAside(name) {
                contents[name] = Bytes()
                continue
            }
            let read = try folder.readWhatIsLeft(of: text)
            contents[name] = read.bytes
            if let failure = read.failure {
                unreadable[name] = ReadFailure(offset: failure.offset, code: failure.code)
            }
        }
    }
}

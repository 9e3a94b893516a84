public import LogStorage
public import SystemIO
import Toolbox

extension StoredFiles {
    /// What `folder` holds.
    ///
    /// - Throws: if the folder cannot be read, or a file for another reason than its disk.
    public init(in folder: Folder) throws(SystemCallFailure) {
        self.init()
        for text in try folder.names() {
            guard text != "lock", let name = FileName(text) else { continue }
            if SegmentNames.isSetAside(name) {
                contents[name] = ""
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

public import Toolbox

/// Something to do to a file of the data directory. Carried out strictly in array order per lane.
///
/// If one fails, nothing after it may be carried out, and it may not be tried again: what is on the
/// disk is unknown until the next start reads it (`consensus.md` 5.2: a failed sync marks the
/// kernel's pages clean).
public enum StorageDirective: Hashable, Sendable {
    /// Create the file, or cut it to nothing; write that many zeros; sync it.
    case create(FileName, zeroFilledBytes: Int)
    /// Write at `offset`; all of it, or fail.
    case write(FileName, offset: Int, Bytes)
    /// Make the file's bytes durable (fdatasync).
    case synchronize(FileName)
    /// Replaces `to` if it exists.
    case rename(FileName, to: FileName)
    /// Done as well if there is no such file.
    case remove(FileName)
    /// Make creations, renames and removals durable.
    case synchronizeDirectory
    /// Everything before is done: report the token.
    case complete(StorageToken)
}

public import LogStorage
public import SystemIO
import Toolbox

/// What a disk worker tells its node.
public enum DiskReport: Hashable, Sendable {
    /// Everything before the token is done.
    case completed(StorageToken)
    /// The disk said no. The worker has stopped, and so must the node: what is on the disk is
    /// unknown until the next start reads it.
    case failed(SystemCallFailure)
}

/// A message that can carry a disk's report to its node.
public protocol DiskReportCarrying: Sendable {
    init(_ report: DiskReport)
}

/// Carries out storage directives in a data directory, on a thread of its own.
///
/// One worker is one lane: what is posted is done in order. A node has two, so that a snapshot
/// never holds up the log. Two lanes never name the same file but for segments that the log lane
/// has done with, and spares that the bulk lane has handed over.
///
/// A failure ends the lane: nothing after it is tried, and a failed sync least of all.
public final class DiskWorker<Message: DiskReportCarrying>: ThreadBody {
    private enum Work: Sendable {
        case perform([StorageDirective])
        case stop
    }

    private let folder: Folder
    private let inbox: Mailbox<Work>
    private let reports: Mailbox<Message>

    /// - Parameter folder: the data directory; must exist.
    /// - Parameter reports: where tokens and failures go.
    public init(
        folder: Folder, reports: Mailbox<Message>
    ) throws(SystemCallFailure) {
        self.folder = folder
        self.reports = reports
        inbox = try Mailbox()
    }

    /// Hands over directives that belong together; from any thread.
    public func perform(_ directives: [StorageDirective]) {
        inbox.post(.perform(directives))
    }

    /// Ends the thread after what has been handed over.
    public func stop() { inbox.post(.stop) }

    /// The thread's life; see `WorkerThread.start`.
    public func run() {
        var lane = DiskLane(folder: folder)
        var works = ContiguousArray<Work>()
        while true {
            inbox.receive(into: &works)
            for work in works {
                guard case .perform(let directives) = work, perform(directives, in: &lane) else {
                    return
                }
            }
        }
    }

    /// - Returns: whether the lane may go on.
    private func perform(_ directives: [StorageDirective], in lane: inout DiskLane) -> Bool {
        for directive in directives {
            do throws(SystemCallFailure) {
                let token = try lane.perform(directive)
                if let token { reports.post(Message(.completed(token))) }
            } catch {
                reports.post(Message(.failed(error)))
                return false
            }
        }
        return true
    }
}

/// The files of one lane. Used at a node's start as well, before there are threads.
public struct DiskLane: ~Copyable {
    /// More than this is a snapshot.
    private static let batchBytesMaximum = 4 << 20

    private let folder: Folder
    /// The last file, kept open because the next batch is written to it as well.
    private var file: OpenFile?
    private var name: FileName?

    public init(folder: Folder) {
        self.folder = folder
        file = nil
    }

    /// Carries out one directive; answers the token of a `complete`.
    ///
    /// - Throws: what the kernel said. Nothing may be carried out afterwards.
    public mutating func perform(
        _ directive: StorageDirective
    ) throws(SystemCallFailure) -> StorageToken? {
        switch directive {
        case .create(let name, let zeroFilledBytes):
            letGo()
            let created = try OpenFile(folder.path(of: name.text), .replace)
            try created.writeZeros(zeroFilledBytes)
            try created.synchronize()
            keep(created, as: name)
        case .write(let name, let offset, let bytes):
            try open(name)
            // A batch of the log is one piece, and what asks for its sync follows.
            if bytes.count > Self.batchBytesMaximum {
                try file?.writeGently(bytes, at: offset)
            } else {
                try file?.write(bytes, at: offset)
            }
        case .synchronize(let name):
            try open(name)
            try file?.synchronizeData()
        case .rename(let name, let other):
            try folder.rename(name.text, to: other.text)
            didRename(name, to: other)
        case .remove(let name):
            if self.name == name { letGo() }
            try folder.remove(name.text)
        case .synchronizeDirectory:
            try folder.synchronize()
        case .complete(let token):
            return token
        }
        return nil
    }

    private mutating func open(_ name: FileName) throws(SystemCallFailure) {
        if self.name == name { return }
        letGo()
        keep(try OpenFile(folder.path(of: name.text), .readAndWrite), as: name)
    }

    private mutating func keep(_ file: consuming OpenFile, as name: FileName) {
        self.file = consume file
        self.name = name
    }

    private mutating func letGo() {
        file = nil
        name = nil
    }

    /// An open file keeps its descriptor when it gets another name.
    private mutating func didRename(_ old: FileName, to new: FileName) {
        if name == old {
            name = new
        } else if name == new {
            // That one has just been replaced.
            letGo()
        }
    }
}

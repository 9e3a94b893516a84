import Glibc
import Toolbox

/// What a process has used.
public struct ProcessUsage: Hashable, Sendable {
    /// Time on processors, in the program and in the kernel, of all its threads.
    public let processorTime: Duration
    /// Memory in use now.
    public let residentBytes: Int
    /// The most that it has ever used.
    public let residentBytesPeak: Int

    /// Of this process, or of `process`.
    public static func read(process: Int32? = nil) throws(SystemCallFailure) -> ProcessUsage {
        let folder = Folder("/proc/\(process.map { String($0) } ?? "self")")
        let status = try text(of: "status", in: folder)
        let stat = try text(of: "stat", in: folder)
        // The second field is the program's name in brackets, which may hold anything.
        let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
        guard fields.count > 13, let user = Int(fields[12]), let kernel = Int(fields[13]) else {
            throw SystemCallFailure("read", code: EINVAL, subject: folder.path(of: "stat"))
        }
        let ticksPerSecond = sysconf(Int32(_SC_CLK_TCK))
        return ProcessUsage(
            processorTime: .milliseconds((user + kernel) * 1_000 / max(1, ticksPerSecond)),
            residentBytes: kibibytes("VmRSS:", in: status) << 10,
            residentBytesPeak: kibibytes("VmHWM:", in: status) << 10)
    }

    private static func text(
        of name: String, in folder: Folder
    ) throws(SystemCallFailure) -> String {
        let file = try OpenFile(folder.path(of: name), .read)
        var failure: SystemCallFailure?
        // These files have no size; they are read until they end.
        let bytes = [UInt8](unsafeUninitializedCapacity: 16 << 10) { buffer, count in
            do throws(SystemCallFailure) {
                count = try file.read(into: UnsafeMutableRawBufferPointer(buffer), at: 0)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func kibibytes(_ label: String, in status: String) -> Int {
        for line in status.split(separator: "\n") where line.hasPrefix(label) {
            let fields = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            return fields.count > 1 ? Int(fields[1]) ?? 0 : 0
        }
        return 0
    }
}

/// How many descriptors this process may have.
public enum DescriptorLimit {
    /// Raises the soft limit as far as it may be raised; answers what it is then.
    @discardableResult
    public static func raise() throws(SystemCallFailure) -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            throw .last("getrlimit")
        }
        if limit.rlim_cur < limit.rlim_max {
            limit.rlim_cur = limit.rlim_max
            guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
                throw .last("setrlimit")
            }
        }
        return Int(clamping: limit.rlim_cur)
    }
}

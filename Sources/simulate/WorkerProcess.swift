import Glibc
import Simulator

/// A process that runs seeds for this one. A promise that the code under test makes to itself ends
/// the process when it is broken; that must not end the search.
struct WorkerProcess {
    let identifier: pid_t
    /// Where its lines come from.
    let descriptor: Int32
    /// What came of the line that is not whole yet.
    var partial: [UInt8] = []
    /// The seed that it is at, and whether it has said how that went.
    var seed: UInt64
    var isSeedDone = false
    let last: UInt64

    static func start(
        _ options: Options, from first: UInt64, stride: UInt64
    ) throws(OptionsFailure) -> WorkerProcess {
        var arguments = [
            "/proc/self/exe", "--worker", "--seeds", "\(first)..\(options.seeds.upperBound)",
            "--stride", "\(stride)",
        ]
        if options.isOnce { arguments.append("--once") }
        if options.isVerbose { arguments.append("--verbose") }
        if options.keepsGoing { arguments.append("--keep-going") }
        if let planted = options.planted { arguments += ["--plant", planted.name] }
        arguments += options.subject.options(plan: options.plan)
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw OptionsFailure(message: "no pipe: \(errno)") }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        posix_spawn_file_actions_addclose(&actions, ends[0])
        defer {
            posix_spawn_file_actions_destroy(&actions)
            close(ends[1])
        }
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        // The message of a broken promise says enough; a backtrace of each would bury it.
        setenv("SWIFT_BACKTRACE", "enable=no", 1)
        var identifier: pid_t = 0
        guard posix_spawn(&identifier, "/proc/self/exe", &actions, nil, &pointers, environ) == 0
        else { throw OptionsFailure(message: "no process: \(errno)") }
        return WorkerProcess(
            identifier: identifier, descriptor: ends[0], seed: first,
            last: options.seeds.upperBound)
    }

    /// The whole lines that have come; nil at the end.
    mutating func readLines() -> [String]? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = read(descriptor, &buffer, buffer.count)
        guard count > 0 else { return nil }
        partial.append(contentsOf: buffer[..<count])
        var lines: [String] = []
        while let end = partial.firstIndex(of: UInt8(ascii: "\n")) {
            lines.append(String(decoding: partial[..<end], as: UTF8.self))
            partial.removeFirst(end + 1)
        }
        return lines
    }

    /// Waits for the end of the process.
    ///
    /// - Returns: the signal that ended it; nil if it ended by itself.
    func reap() -> Int32? {
        var status: Int32 = 0
        waitpid(identifier, &status, 0)
        close(descriptor)
        let signal = status & 0x7F
        return signal == 0 ? nil : signal
    }

    func stop() { kill(identifier, SIGTERM) }
}

import Glibc

/// A process that this one started. Letting go of the value kills it.
public struct ChildProcess: ~Copyable {
    /// Its number; good until it is reaped.
    public let id: Int32
    private var status: ExitStatus?

    /// How a process ended.
    public enum ExitStatus: Hashable, Sendable, CustomStringConvertible {
        case exited(code: Int32)
        case killed(signal: Int32)

        public var description: String {
            switch self {
            case .exited(let code): "exit status \(code)"
            case .killed(let signal): "signal \(signal)"
            }
        }
    }

    /// Variables that a child is given as this process has them.
    private static let inherited = [
        "PATH", "HOME", "TMPDIR", "LANG", "LD_LIBRARY_PATH", "SWIFT_BACKTRACE",
    ]

    /// Starts `program` with standard input and output at nothing, and standard error appended to a
    /// file. Signals that this process blocks are not blocked there.
    public static func start(
        _ program: String, _ arguments: [String], standardError: String
    ) throws(SystemCallFailure) -> ChildProcess {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(
            &actions, STDERR_FILENO, standardError, O_WRONLY | O_CREAT | O_APPEND, 0o600)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

        var id: pid_t = 0
        let code = withTexts([program] + arguments) { arguments in
            withTexts(environment()) { environment in
                posix_spawn(&id, program, &actions, &attributes, arguments, environment)
            }
        }
        guard code == 0 else {
            throw SystemCallFailure("posix_spawn", code: code, subject: program)
        }
        return ChildProcess(id: id)
    }

    private init(id: Int32) { self.id = id }

    deinit {
        guard status == nil else { return }
        kill(id, SIGKILL)
        waitpid(id, nil, 0)
    }

    /// How it ended; nil as long as it lives.
    public mutating func exitStatus() throws(SystemCallFailure) -> ExitStatus? {
        try reap(WNOHANG)
        return status
    }

    /// Asks it to end, with SIGTERM; `exitStatus` tells when it has.
    public func askToEnd() throws(SystemCallFailure) {
        guard status == nil else { return }
        guard kill(id, SIGTERM) == 0 else { throw .last("kill") }
    }

    /// Ends it with SIGKILL and waits until it is gone.
    public mutating func end() throws(SystemCallFailure) {
        guard status == nil else { return }
        guard kill(id, SIGKILL) == 0 else { throw .last("kill") }
        try reap(0)
    }

    private mutating func reap(_ options: Int32) throws(SystemCallFailure) {
        guard status == nil else { return }
        var word: Int32 = 0
        let id = id
        let answer = retrying { waitpid(id, &word, options) }
        guard answer >= 0 else { throw .last("waitpid") }
        guard answer == id else { return }
        // Source: wait(2), as <bits/waitstatus.h> lays the word out.
        let signal = word & 0x7F
        status = signal == 0 ? .exited(code: (word >> 8) & 0xFF) : .killed(signal: signal)
    }

    private static func environment() -> [String] {
        inherited.compactMap { name in
            getenv(name).map { "\(name)=\(String(cString: $0))" }
        }
    }

    private static func withTexts<Result>(
        _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = texts.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}

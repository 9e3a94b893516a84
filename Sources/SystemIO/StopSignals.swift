import CSystem
import Glibc

/// SIGTERM and SIGINT as something to wait for.
///
/// Make it on the first thread before any other is started: threads inherit that these signals do
/// not interrupt them. SIGPIPE is ignored from then on.
public struct StopSignals: ~Copyable, Pollable {
    public let descriptor: Int32

    public init() throws(SystemCallFailure) {
        signal(SIGPIPE, SIG_IGN)
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGTERM)
        sigaddset(&set, SIGINT)
        let code = pthread_sigmask(SIG_BLOCK, &set, nil)
        guard code == 0 else { throw SystemCallFailure("pthread_sigmask", code: code) }
        let opened = signalfd(-1, &set, Int32(SFD_NONBLOCK) | Int32(SFD_CLOEXEC))
        guard opened >= 0 else { throw .last("signalfd") }
        descriptor = opened
    }

    deinit { close(descriptor) }

    /// The number of a signal that has come; nil if none has.
    public func next() throws(SystemCallFailure) -> Int32? {
        var information = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        let count = retrying { read(descriptor, &information, size) }
        if count == size { return Int32(information.ssi_signo) }
        if errno == EAGAIN { return nil }
        throw .last("read signalfd")
    }
}

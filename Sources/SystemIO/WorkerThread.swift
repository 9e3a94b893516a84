import Glibc

/// What a thread does. It owns whatever it touches; others reach it by `Mailbox` only.
public protocol ThreadBody: AnyObject, Sendable {
    /// Returns when the thread should end.
    func run()
}

/// A thread of the system.
public struct WorkerThread: ~Copyable {
    private let thread: pthread_t

    /// Starts a thread.
    ///
    /// - Parameter name: shown by `top -H`; at most 15 bytes count.
    public static func start(
        name: String, _ body: any ThreadBody
    ) throws(SystemCallFailure) -> WorkerThread {
        let launch = Unmanaged.passRetained(Launch(name: name, body: body))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let launch = Unmanaged<Launch>.fromOpaque(argument).takeRetainedValue()
                launch.run()
                return nil
            }, launch.toOpaque())
        guard code == 0 else {
            launch.release()
            throw SystemCallFailure("pthread_create", code: code, subject: name)
        }
        return WorkerThread(thread: thread)
    }

    private init(thread: pthread_t) { self.thread = thread }

    deinit { pthread_detach(thread) }

    /// Waits until the thread has ended.
    public consuming func join() {
        pthread_join(thread, nil)
        discard self
    }

    private final class Launch: Sendable {
        private let name: String
        private let body: any ThreadBody

        init(name: String, body: any ThreadBody) {
            self.name = name
            self.body = body
        }

        func run() {
            setName()
            body.run()
        }

        /// The name is for people: without it the thread runs as well.
        private func setName() {
            let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
            guard file >= 0 else { return }
            var short = String(decoding: name.utf8.prefix(15), as: UTF8.self)
            _ = short.withUTF8 { write(file, $0.baseAddress, $0.count) }
            close(file)
        }
    }
}

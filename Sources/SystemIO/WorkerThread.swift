import Glibc

/// What a thread does. It owns whatever it touches; others reach it by `Mailbox` only.
public protocol ThreadBody: AnyObject, Sendable {
    /// Returns when the thread should end.
    func run()
}

/// A thread of the system.
public struct WorkerThread: ~Copyable {
    /// How much a thread's work presses.
    public enum Urgency: Sendable {
        case normal
        /// It gives way to the other threads while there is no processor for all.
        case patient
    }

    private let thread: pthread_t

    /// Starts a thread.
    ///
    /// - Parameter name: shown by `top -H`; at most 15 bytes count.
    public static func start(
        name: String, urgency: Urgency = .normal, _ body: any ThreadBody
    ) throws(SystemCallFailure) -> WorkerThread {
        let launch = Unmanaged.passRetained(Launch(name: name, urgency: urgency, body: body))
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
        private let urgency: Urgency
        private let body: any ThreadBody

        /// By the system's scale, on which 19 is the most patient.
        private static let patience: Int32 = 10

        init(name: String, urgency: Urgency, body: any ThreadBody) {
            self.name = name
            self.urgency = urgency
            self.body = body
        }

        func run() {
            setName()
            // Of this thread alone, as Linux has it; where it is refused, the work presses.
            if urgency == .patient { setpriority(Int32(PRIO_PROCESS.rawValue), 0, Self.patience) }
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

import Glibc

/// The kernel said no.
public struct SystemCallFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The call that failed, as its manual page is called.
    public let call: String
    /// Its error number.
    public let code: Int32
    /// The file or address it was about, if any.
    public let subject: String?

    public init(_ call: String, code: Int32, subject: String? = nil) {
        self.call = call
        self.code = code
        self.subject = subject
    }

    /// What the call that just failed left in `errno`.
    static func last(_ call: String, _ subject: String? = nil) -> SystemCallFailure {
        SystemCallFailure(call, code: errno, subject: subject)
    }

    public var description: String {
        let reason = String(cString: strerror(code))
        return subject.map { "\(call) \($0): \(reason)" } ?? "\(call): \(reason)"
    }

    /// There is no such file.
    public var isMissing: Bool { code == ENOENT }
    /// It exists already.
    public var isExisting: Bool { code == EEXIST }
    /// The process or the system has no descriptor left.
    public var isOutOfDescriptors: Bool { code == EMFILE || code == ENFILE }
    /// Somebody listens there already.
    public var isAddressInUse: Bool { code == EADDRINUSE }
    /// Nobody listens there.
    public var isRefused: Bool { code == ECONNREFUSED }
}

/// Repeats a call that a signal interrupted; answers what it answered at last.
func retrying<Result: SignedInteger>(_ call: () -> Result) -> Result {
    while true {
        let result = call()
        if result != -1 || errno != EINTR { return result }
    }
}

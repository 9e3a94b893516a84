import CSystem
import Glibc

/// Rings from any thread; the thread that waits for it wakes up (eventfd).
public final class WakeUp: Pollable, Sendable {
    public let descriptor: Int32

    public init() throws(SystemCallFailure) {
        descriptor = eventfd(0, Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC))
        guard descriptor >= 0 else { throw .last("eventfd") }
    }

    deinit { close(descriptor) }

    /// Rings; once or often is the same until `clear`.
    public func ring() {
        // The only way to fail is a counter at its end, and then it rings already.
        _ = eventfd_write(descriptor, 1)
    }

    public func clear() {
        var count: eventfd_t = 0
        _ = eventfd_read(descriptor, &count)
    }

    /// Blocks this thread until it rings, or `timeout` is over; nil for ever.
    ///
    /// - Returns: whether it rang.
    @discardableResult
    public func wait(timeout: Duration? = nil) -> Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return retrying { poll(&waiting, 1, EventPoll.milliseconds(of: timeout)) } > 0
    }
}

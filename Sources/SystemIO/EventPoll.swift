import CSystem
import Glibc
import Vocabulary

/// Something that `EventPoll` can wait for.
public protocol Pollable: ~Copyable {
    /// The kernel's number for it; good as long as the value lives.
    var descriptor: Int32 { get }
}

/// Waits for many sockets at once (epoll).
public struct EventPoll: ~Copyable {
    /// What to wait for.
    public struct Interest: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let reading = Interest(rawValue: EPOLLIN.rawValue | EPOLLRDHUP.rawValue)
        public static let writing = Interest(rawValue: EPOLLOUT.rawValue)
        /// Told once per change, not as long as it lasts.
        public static let changesOnly = Interest(rawValue: EPOLLET.rawValue)
    }

    /// One thing that is ready.
    public struct Ready: Hashable, Sendable {
        /// What `add` was given.
        public let key: UInt64
        /// There are bytes, a connection to accept, or the other side has ended.
        public let isReadable: Bool
        public let isWritable: Bool
        /// The connection is gone both ways, or has failed; reading tells which.
        public let isBroken: Bool
    }

    private let descriptor: Int32
    private var buffer: [epoll_event]

    /// - Parameter eventsMaximum: that one `wait` answers; the others wait for the next.
    public init(eventsMaximum: Int = 512) throws(SystemCallFailure) {
        let opened = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard opened >= 0 else { throw .last("epoll_create1") }
        descriptor = opened
        buffer = [epoll_event](repeating: epoll_event(), count: eventsMaximum)
    }

    deinit { close(descriptor) }

    /// Begins to wait for `source`. Closing it ends that.
    public func add<Source: Pollable & ~Copyable>(
        _ source: borrowing Source, key: UInt64, for interest: Interest
    ) throws(SystemCallFailure) {
        try control(EPOLL_CTL_ADD, source.descriptor, key: key, interest: interest)
    }

    public func change<Source: Pollable & ~Copyable>(
        _ source: borrowing Source, key: UInt64, to interest: Interest
    ) throws(SystemCallFailure) {
        try control(EPOLL_CTL_MOD, source.descriptor, key: key, interest: interest)
    }

    public func remove<Source: Pollable & ~Copyable>(
        _ source: borrowing Source
    ) throws(SystemCallFailure) {
        try control(EPOLL_CTL_DEL, source.descriptor, key: 0, interest: [])
    }

    private func control(
        _ operation: Int32, _ target: Int32, key: UInt64, interest: Interest
    ) throws(SystemCallFailure) {
        var event = epoll_event()
        event.events = interest.rawValue
        event.data.u64 = key
        guard epoll_ctl(descriptor, operation, target, &event) == 0 else {
            throw .last("epoll_ctl")
        }
    }

    /// Waits until something is ready, `timeout` is over, or a signal came.
    ///
    /// - Parameter timeout: rounded up to milliseconds; nil for ever.
    /// - Parameter ready: emptied, then filled.
    public mutating func wait(
        timeout: Duration?, into ready: inout [Ready]
    ) throws(SystemCallFailure) {
        ready.removeAll(keepingCapacity: true)
        let count = epoll_wait(
            descriptor, &buffer, Int32(buffer.count), Self.milliseconds(of: timeout))
        if count < 0 {
            if errno == EINTR { return }
            throw .last("epoll_wait")
        }
        for event in buffer.prefix(Int(count)) {
            let flags = event.events
            ready.append(
                Ready(
                    key: event.data.u64,
                    isReadable: flags & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue) != 0,
                    isWritable: flags & EPOLLOUT.rawValue != 0,
                    isBroken: flags & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0))
        }
    }

    static func milliseconds(of timeout: Duration?) -> Int32 {
        guard let timeout else { return -1 }
        guard timeout > .zero else { return 0 }
        guard timeout < .seconds(1_000_000) else { return 1_000_000_000 }
        return Int32((timeout.nanoseconds + 999_999) / 1_000_000)
    }
}

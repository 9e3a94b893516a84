import Glibc
import SystemIO
import Toolbox
import Vocabulary

/// Kills a leader while clients of the survivors write, and takes the time until one of them has
/// a write accepted that it sent afterwards.
struct FailoverRun: ~Copyable {
    private static let warmUp: Duration = .seconds(2)
    private static let patience: Duration = .seconds(60)

    private let clients: [FailoverClient]
    private var poll: EventPoll
    private let buffer = ReadBuffer()
    private var ready: [EventPoll.Ready] = []

    private init(_ clients: [FailoverClient]) throws(SystemCallFailure) {
        self.clients = clients
        poll = try EventPoll()
    }

    /// - Returns: from the signal to the reply.
    static func measure(_ settings: FailoverSettings) throws(BenchFailure) -> Duration {
        let clients = try clients(for: settings.ports)
        do throws(SystemCallFailure) {
            var run = try FailoverRun(clients)
            let start = SystemClock.instant()
            try run.write(until: start + warmUp)
            let isWarm = clients.allSatisfy { $0.acceptedSentAt != nil }
            let killedAt = SystemClock.instant()
            guard isWarm else { throw SystemCallFailure("write", code: ETIMEDOUT) }
            guard kill(settings.process, SIGKILL) == 0 else {
                throw SystemCallFailure("kill", code: errno)
            }
            return try run.write(until: killedAt + patience, after: killedAt) - killedAt
        } catch {
            throw .unreachable(error.description)
        }
    }

    private static func clients(for ports: [Int]) throws(BenchFailure) -> [FailoverClient] {
        var clients: [FailoverClient] = []
        for port in ports {
            guard let server = SocketAddress(host: "127.0.0.1", port: UInt16(port)) else {
                throw .usage("nobody listens at port \(port)")
            }
            clients.append(FailoverClient(key: UInt64(clients.count), server: server))
        }
        return clients
    }

    /// Lets the clients write until a moment, or until one has a write accepted that it sent after
    /// another.
    ///
    /// - Returns: when that was.
    @discardableResult
    private mutating func write(
        until end: Instant, after mark: Instant? = nil
    ) throws(SystemCallFailure) -> Instant {
        while true {
            let now = SystemClock.instant()
            if now >= end { return end }
            for client in clients { client.dialIfDue(at: now, poll) }
            try poll.wait(timeout: .milliseconds(5), into: &ready)
            for event in ready {
                let now = SystemClock.instant()
                let client = clients[Int(event.key)]
                client.handle(event, at: now, poll, buffer)
                if let mark, let sentAt = client.acceptedSentAt, sentAt > mark { return now }
            }
        }
    }
}

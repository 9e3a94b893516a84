import HTTPWire
import SystemIO
import Toolbox
import Vocabulary

/// One HTTP request to one server.
struct PooledCall {
    let server: SocketAddress
    let request: Bytes
}

/// Makes many HTTP calls at once, each on a connection that it has for itself meanwhile.
struct CallPool: ~Copyable {
    /// A class, because it owns a descriptor and is found by its slot.
    private final class Slot {
        let server: SocketAddress
        let socket: StreamSocket
        var queue = SendQueue()
        var decoder = HTTPResponseDecoder(limits: HTTPLimits(bodyBytesMaximum: 64 << 20))
        var isConnected = false
        /// Which call waits for its answer here.
        var call: Int?

        init(server: SocketAddress, socket: consuming StreamSocket) {
            self.server = server
            self.socket = socket
        }
    }

    private static let slotsPerServer = 16
    private static let retryPause: Duration = .milliseconds(50)

    private var poll: EventPoll
    private let buffer = ReadBuffer()
    private var ready: [EventPoll.Ready] = []
    private var slots: [Slot?] = []

    private var calls: [PooledCall] = []
    private var answers: [HTTPResponse?] = []
    private var unansweredCount = 0
    /// Calls to be made, and not before when. The last is taken first.
    private var waiting: [(call: Int, notBefore: Instant)] = []

    init(poll: consuming EventPoll) { self.poll = poll }

    /// Makes all calls and waits. What a server cannot answer now is asked again.
    ///
    /// - Returns: an answer for each call, in order: nil where none came within `patience`, the
    ///   last refusal where there was nothing else.
    mutating func perform(
        _ calls: [PooledCall], patience: Duration
    ) throws(BenchFailure) -> [HTTPResponse?] {
        let start = SystemClock.instant()
        self.calls = calls
        answers = Array(repeating: nil, count: calls.count)
        unansweredCount = calls.count
        waiting = calls.indices.reversed().map { ($0, start) }
        do throws(SystemCallFailure) {
            while unansweredCount > 0, SystemClock.instant() < start + patience {
                try turn()
            }
        } catch {
            throw .unreachable(error.description)
        }
        for index in slots.indices where slots[index]?.call != nil { slots[index] = nil }
        return answers
    }

    private mutating func turn() throws(SystemCallFailure) {
        try dispatch(at: SystemClock.instant())
        try poll.wait(timeout: .milliseconds(20), into: &ready)
        for event in ready {
            guard let slot = slots[Int(event.key)] else { continue }
            if !slot.isConnected {
                connected(slot, at: Int(event.key))
            } else if event.isReadable || event.isBroken {
                read(slot, at: Int(event.key))
            }
            if let slot = slots[Int(event.key)] { flush(slot, at: Int(event.key)) }
        }
    }

    // MARK: Handing out calls

    private mutating func dispatch(at now: Instant) throws(SystemCallFailure) {
        var later: [(call: Int, notBefore: Instant)] = []
        while let (call, notBefore) = waiting.popLast() {
            guard notBefore <= now, let index = try slot(for: calls[call].server),
                let slot = slots[index]
            else {
                later.append((call, notBefore))
                continue
            }
            slot.call = call
            slot.queue.append(calls[call].request)
            if slot.isConnected { flush(slot, at: index) }
        }
        waiting = later.reversed()
    }

    /// A free connection to `server`, or a new one; nil if there may be no more now.
    private mutating func slot(for server: SocketAddress) throws(SystemCallFailure) -> Int? {
        var free: Int?
        var count = 0
        for (index, slot) in slots.enumerated() {
            guard let slot else {
                free = index
                continue
            }
            guard slot.server == server else { continue }
            if slot.call == nil { return index }
            count += 1
        }
        guard count < Self.slotsPerServer else { return nil }
        let index = free ?? slots.count
        if free == nil { slots.append(nil) }
        let slot = Slot(server: server, socket: try StreamSocket.connect(to: server))
        try poll.add(slot.socket, key: UInt64(index), for: [.reading, .writing])
        slots[index] = slot
        return index
    }

    // MARK: Connections

    private mutating func connected(_ slot: Slot, at index: Int) {
        do throws(SystemCallFailure) {
            try slot.socket.finishConnecting()
            try poll.change(slot.socket, key: UInt64(index), to: .reading)
            slot.isConnected = true
        } catch {
            drop(slot, at: index)
        }
    }

    private mutating func flush(_ slot: Slot, at index: Int) {
        guard slot.isConnected, !slot.queue.isEmpty else { return }
        do throws(SystemCallFailure) {
            try slot.queue.flush(to: slot.socket)
            try poll.change(
                slot.socket, key: UInt64(index),
                to: slot.queue.isEmpty ? .reading : [.reading, .writing])
        } catch {
            drop(slot, at: index)
        }
    }

    private mutating func read(_ slot: Slot, at index: Int) {
        do throws(SystemCallFailure) {
            switch try slot.socket.read(into: buffer) {
            case .wouldBlock: return
            case .ended: return drop(slot, at: index)
            case .read(let count): slot.decoder.append(buffer.bytes(count))
            }
        } catch {
            return drop(slot, at: index)
        }
        do throws(HTTPFailure) {
            guard let response = try slot.decoder.next() else { return }
            answered(slot, by: response)
            if !response.keepAlive { drop(slot, at: index) }
        } catch {
            drop(slot, at: index)
        }
    }

    private mutating func answered(_ slot: Slot, by response: HTTPResponse) {
        guard let call = slot.call else { return }
        slot.call = nil
        answers[call] = response
        switch response.status {
        case 429, 500, 503, 504: repeatLater(call)
        default: unansweredCount -= 1
        }
    }

    /// Gives the connection up; its call is made again.
    private mutating func drop(_ slot: Slot, at index: Int) {
        slots[index] = nil
        if let call = slot.call { repeatLater(call) }
    }

    private mutating func repeatLater(_ call: Int) {
        waiting.insert((call, SystemClock.instant() + Self.retryPause), at: 0)
    }
}

extension EventPoll {
    static func made() throws(BenchFailure) -> EventPoll {
        do throws(SystemCallFailure) {
            return try EventPoll()
        } catch {
            throw .unreachable(error.description)
        }
    }
}

import SystemIO
import Toolbox
import Vocabulary

/// All sockets of a run on one thread: an epoll and what waits to be written.
///
/// A class, because it owns descriptors.
final class SocketLoop {
    enum Event {
        case connected
        case received(Bytes)
        /// Never made, failed, or ended by the other side. Comes last, and not after `close`.
        case closed
    }

    private final class Connection {
        let socket: StreamSocket
        var queue = SendQueue()
        var isConnecting = true
        var isClosing = false
        var awaitsWriting = true

        init(_ socket: consuming StreamSocket) { self.socket = socket }
    }

    private var poll: EventPoll
    private let signals: StopSignals
    private let buffer = ReadBuffer(bytes: 256 << 10)
    private var connections: [UInt64: Connection] = [:]
    private var lastKey: UInt64 = 0
    private var ready: [EventPoll.Ready] = []
    /// Connections that failed outside of `wait`.
    private var failed: [UInt64] = []
    private(set) var isInterrupted = false

    private static let signalKey = UInt64.max

    init() throws(ChaosFailure) {
        do throws(SystemCallFailure) {
            signals = try StopSignals()
            poll = try EventPoll()
            try poll.add(signals, key: Self.signalKey, for: .reading)
        } catch {
            throw ChaosFailure(error)
        }
    }

    /// Begins to connect; `connected` or `closed` follows.
    func open(_ address: SocketAddress) -> UInt64 {
        lastKey += 1
        do throws(SystemCallFailure) {
            let connection = Connection(try StreamSocket.connect(to: address))
            try poll.add(connection.socket, key: lastKey, for: [.reading, .writing])
            connections[lastKey] = connection
        } catch {
            failed.append(lastKey)
        }
        return lastKey
    }

    func send(_ bytes: Bytes, over key: UInt64) {
        guard let connection = connections[key], !connection.isClosing else { return }
        connection.queue.append(bytes)
        if !connection.isConnecting { flush(connection, key) }
    }

    /// Closes once all is sent; nothing more is told of it.
    func close(_ key: UInt64) {
        guard let connection = connections[key] else { return }
        connection.isClosing = true
        if connection.isConnecting || connection.queue.isEmpty {
            connections.removeValue(forKey: key)
        }
    }

    /// Waits until something happens, or `until`.
    ///
    /// - Parameter body: is told what happened, in order; may call this loop.
    func wait(
        until: Instant, _ body: (UInt64, Event) throws(ChaosFailure) -> Void
    ) throws(ChaosFailure) {
        do throws(SystemCallFailure) {
            let timeout = failed.isEmpty ? until - SystemClock.instant() : .zero
            try poll.wait(timeout: max(.zero, timeout), into: &ready)
        } catch {
            throw ChaosFailure(error)
        }
        let failed = self.failed
        self.failed.removeAll()
        for key in failed { try body(key, .closed) }
        for item in ready {
            if item.key == Self.signalKey {
                isInterrupted = true
            } else if let connection = connections[item.key] {
                try handle(item, connection, body)
            }
        }
    }

    private func handle(
        _ item: EventPoll.Ready, _ connection: Connection,
        _ body: (UInt64, Event) throws(ChaosFailure) -> Void
    ) throws(ChaosFailure) {
        if connection.isConnecting {
            guard didConnect(connection, item.key) else { return try body(item.key, .closed) }
            try body(item.key, .connected)
        }
        if item.isWritable, connections[item.key] != nil { flush(connection, item.key) }
        guard item.isReadable || item.isBroken, connections[item.key] != nil else { return }
        guard let bytes = read(connection) else {
            connections.removeValue(forKey: item.key)
            if !connection.isClosing { try body(item.key, .closed) }
            return
        }
        if !bytes.isEmpty, !connection.isClosing { try body(item.key, .received(bytes)) }
    }

    private func didConnect(_ connection: Connection, _ key: UInt64) -> Bool {
        do throws(SystemCallFailure) {
            try connection.socket.finishConnecting()
        } catch {
            connections.removeValue(forKey: key)
            return false
        }
        connection.isConnecting = false
        flush(connection, key)
        return true
    }

    /// Nil when the connection is gone.
    private func read(_ connection: Connection) -> Bytes? {
        do throws(SystemCallFailure) {
            switch try connection.socket.read(into: buffer) {
            case .read(let count): return buffer.bytes(count)
            case .wouldBlock: return Bytes()
            case .ended: return nil
            }
        } catch {
            return nil
        }
    }

    private func flush(_ connection: Connection, _ key: UInt64) {
        do throws(SystemCallFailure) {
            try connection.queue.flush(to: connection.socket)
            let waits = !connection.queue.isEmpty
            if !waits, connection.isClosing {
                connections.removeValue(forKey: key)
            } else if waits != connection.awaitsWriting {
                connection.awaitsWriting = waits
                try poll.change(
                    connection.socket, key: key, to: waits ? [.reading, .writing] : .reading)
            }
        } catch {
            connections.removeValue(forKey: key)
            if !connection.isClosing { failed.append(key) }
        }
    }
}

import Synchronization
import SystemIO
import Toolbox

/// Connects many times to one address and reads whatever comes, on a thread of its own.
final class FanOutReader: ThreadBody {
    private final class Source {
        let socket: StreamSocket
        var isConnected = false

        init(_ socket: consuming StreamSocket) { self.socket = socket }
    }

    /// Connections that the kernel is asked for at a time; more than its queue holds would wait
    /// for their second try.
    private static let dialsMaximum = 256

    private let address: SocketAddress
    private let connections: Int
    private let count = Atomic<Int>(0)
    private let isStopped = Atomic<Bool>(false)
    private let ending = Mutex<SystemCallFailure?>(nil)

    init(_ address: SocketAddress, connections: Int) {
        self.address = address
        self.connections = connections
    }

    /// On all connections since the start.
    var bytesRead: Int { count.load(ordering: .relaxed) }
    /// Why it has ended before it was told to.
    var failure: SystemCallFailure? { ending.withLock { $0 } }

    func stop() { isStopped.store(true, ordering: .relaxed) }

    func run() {
        do throws(SystemCallFailure) {
            try read()
        } catch {
            ending.withLock { $0 = error }
        }
    }

    private func read() throws(SystemCallFailure) {
        var poll = try EventPoll(eventsMaximum: 4_096)
        var ready: [EventPoll.Ready] = []
        var sources: [Source] = []
        var dialsCount = 0
        let buffer = ReadBuffer(bytes: 256 << 10)
        while !isStopped.load(ordering: .relaxed) {
            while sources.count < connections, dialsCount < Self.dialsMaximum {
                let source = Source(try StreamSocket.connect(to: address))
                try poll.add(source.socket, key: UInt64(sources.count), for: [.reading, .writing])
                sources.append(source)
                dialsCount += 1
            }
            try poll.wait(timeout: .milliseconds(50), into: &ready)
            var bytes = 0
            for event in ready {
                let source = sources[Int(event.key)]
                if !source.isConnected {
                    try source.socket.finishConnecting()
                    try poll.change(source.socket, key: event.key, to: .reading)
                    source.isConnected = true
                    dialsCount -= 1
                } else if case .read(let count) = try source.socket.read(into: buffer) {
                    bytes += count
                }
            }
            count.add(bytes, ordering: .relaxed)
        }
    }
}

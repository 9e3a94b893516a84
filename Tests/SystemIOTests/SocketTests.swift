import SystemIO
import Testing
import Toolbox

@Suite("Sockets")
struct SocketTests {
    /// Two connected sockets, and what is needed to wait for them.
    private struct Pair: ~Copyable {
        var poll: EventPoll
        let near: StreamSocket
        let far: StreamSocket

        init(host: String = "127.0.0.1") throws {
            var poll = try EventPoll()
            let any = try #require(SocketAddress(host: host, port: 0))
            let listener = try ListeningSocket(on: any)
            try poll.add(listener, key: 1, for: .reading)
            let near = try StreamSocket.connect(to: listener.address)
            var ready: [EventPoll.Ready] = []
            try poll.wait(timeout: .seconds(10), into: &ready)
            guard let accepted = try listener.accept() else {
                throw SystemCallFailure("none", code: 0)
            }
            self.poll = poll
            self.near = near
            far = accepted
        }

        mutating func wait(timeout: Duration? = .seconds(10)) throws -> [EventPoll.Ready] {
            var ready: [EventPoll.Ready] = []
            try poll.wait(timeout: timeout, into: &ready)
            return ready
        }
    }

    @Test(arguments: ["127.0.0.1", "::1"]) func bytesGoBothWays(host: String) throws {
        var pair = try Pair(host: host)
        try pair.near.finishConnecting()
        let buffer = ReadBuffer(bytes: 1_024)
        #expect(try pair.far.read(into: buffer) == .wouldBlock)
        try pair.poll.add(pair.far, key: 2, for: .reading)
        try pair.poll.add(pair.near, key: 3, for: .reading)

        var queue = SendQueue()
        queue.append("hello")
        queue.append(" there")
        #expect(try queue.flush(to: pair.near) == 11)
        let ready = try pair.wait()
        #expect(ready.map(\.key) == [2])
        #expect(ready[0].isReadable)
        #expect(!ready[0].isBroken)
        #expect(try pair.far.read(into: buffer) == .read(count: 11))
        #expect(buffer.bytes(11) == "hello there")

        queue.append("and back")
        try queue.flush(to: pair.far)
        #expect(try pair.wait().map(\.key) == [3])
        #expect(try pair.near.read(into: buffer) == .read(count: 8))

        try pair.near.endWriting()
        #expect(try pair.wait().map(\.key) == [2])
        #expect(try pair.far.read(into: buffer) == .ended)
        let local = pair.near.localAddress
        #expect(pair.far.peerAddress == local)
    }

    @Test func whatTheKernelDoesNotTakeWaits() throws {
        var pair = try Pair()
        var random = SeededRandom(seed: 4)
        var queue = SendQueue()
        var sent: [UInt8] = []
        while sent.count < 20 << 20 {
            let count = random.below(8) == 0 ? random.below(300_000) : random.below(3_000)
            let piece = [UInt8](repeating: UInt8(truncatingIfNeeded: sent.count), count: count)
            queue.append(Bytes(piece))
            sent += piece
        }
        try queue.flush(to: pair.near)
        #expect(!queue.isEmpty)
        try pair.poll.add(pair.far, key: 2, for: .reading)
        try pair.poll.add(pair.near, key: 3, for: .writing)
        let buffer = ReadBuffer()
        var received: [UInt8] = []
        while received.count < sent.count {
            for ready in try pair.wait() {
                if ready.key == 3 { try queue.flush(to: pair.near) }
                if ready.key == 2, case .read(let count) = try pair.far.read(into: buffer) {
                    received += buffer.bytes(count).array
                }
            }
            if queue.isEmpty { try pair.poll.change(pair.near, key: 3, to: []) }
        }
        #expect(received == sent)
        #expect(queue.isEmpty)
    }

    @Test func writingToAClosedConnectionThrows() throws {
        let poll = try EventPoll()
        let any = try #require(SocketAddress(host: "127.0.0.1", port: 0))
        let listener = try ListeningSocket(on: any)
        let near = try StreamSocket.connect(to: listener.address)
        try Self.acceptAndClose(listener, poll)
        let failure = try Self.writeUntilFailure(near)
        #expect(failure != nil)
    }

    private static func acceptAndClose(
        _ listener: borrowing ListeningSocket, _ poll: consuming EventPoll
    ) throws {
        var ready: [EventPoll.Ready] = []
        try poll.add(listener, key: 1, for: .reading)
        try poll.wait(timeout: .seconds(10), into: &ready)
        let accepted = try listener.accept()
        _ = accepted?.peerAddress
    }

    private static func writeUntilFailure(
        _ socket: borrowing StreamSocket
    ) throws -> SystemCallFailure? {
        var queue = SendQueue()
        for _ in 0..<100_000 {
            do throws(SystemCallFailure) {
                if queue.isEmpty { queue.append(Bytes([UInt8](repeating: 1, count: 1_000))) }
                try queue.flush(to: socket)
            } catch {
                return error
            }
        }
        return nil
    }

    @Test func aRefusedConnectionSaysSo() throws {
        let any = try #require(SocketAddress(host: "127.0.0.1", port: 0))
        let address = try ListeningSocket(on: any).address
        var poll = try EventPoll()
        do throws(SystemCallFailure) {
            let socket = try StreamSocket.connect(to: address)
            try poll.add(socket, key: 1, for: .writing)
            var ready: [EventPoll.Ready] = []
            try poll.wait(timeout: .seconds(10), into: &ready)
            try socket.finishConnecting()
            Issue.record("connected")
        } catch {
            #expect(error.isRefused)
        }
    }

    @Test func aPortIsListenedOnOnce() throws {
        let any = try #require(SocketAddress(host: "127.0.0.1", port: 0))
        let first = try ListeningSocket(on: any)
        do throws(SystemCallFailure) {
            let second = try ListeningSocket(on: first.address)
            Issue.record("\(second.address)")
        } catch {
            #expect(error.isAddressInUse)
            #expect(error.description.contains(first.address.description))
        }
    }

    @Test func nobodyToAcceptIsNil() throws {
        let any = try #require(SocketAddress(host: "127.0.0.1", port: 0))
        let listener = try ListeningSocket(on: any)
        let isNobody = try listener.accept() == nil
        #expect(isNobody)
        #expect(listener.address.port != 0)
    }

    @Test(arguments: ["localhost", "", "1.2.3", "1.2.3.4.5", "g::1", "127.0.0.1 "])
    func namesAreNoAddresses(host: String) {
        #expect(SocketAddress(host: host, port: 1) == nil)
    }

    @Test func addressesAreShownAsTheyAreWritten() {
        #expect(SocketAddress(host: "10.1.2.3", port: 80)?.description == "10.1.2.3:80")
        #expect(SocketAddress(host: "fe80::2", port: 443)?.description == "[fe80::2]:443")
    }
}

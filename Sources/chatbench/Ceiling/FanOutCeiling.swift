import SystemIO
import Toolbox
import Vocabulary
import WebSocketWire

/// How fast one thread can write a frame to many sockets on this machine, while another reads
/// them: what a server that does nothing else could deliver.
///
/// A class, because it owns many sockets that cannot be copied.
final class FanOutCeiling {
    /// One socket that is written to.
    private final class Target {
        let socket: StreamSocket
        /// Bytes of the present unit that have left.
        var sent = 0

        init(_ socket: consuming StreamSocket) { self.socket = socket }
    }

    private static let connectPatience: Duration = .seconds(30)
    private static let warmUp: Duration = .milliseconds(500)

    private let settings: CeilingSettings
    private var poll: EventPoll
    private var ready: [EventPoll.Ready] = []
    private var targets: [Target] = []
    /// Indices of targets whose kernel buffer has room, as far as we know.
    private var writable: [Int] = []
    /// What one call sends: one frame, or several.
    private let unit: [UInt8]
    private let frameBytes: Int

    private init(_ settings: CeilingSettings) throws(SystemCallFailure) {
        self.settings = settings
        poll = try EventPoll(eventsMaximum: 4_096)
        let payload = BenchText(bytes: settings.bytes ?? CeilingSettings.frameBytesDefault)
        let frame = WebSocketEncoder.text(payload.text(of: 1)).withUnsafeBytes { [UInt8]($0) }
        frameBytes = frame.count
        unit = (0..<settings.framesPerSend).flatMap { _ in frame }
    }

    static func measure(_ settings: CeilingSettings) throws(BenchFailure) -> CeilingReport {
        do throws(SystemCallFailure) {
            let ceiling = try FanOutCeiling(settings)
            return try ceiling.run()
        } catch {
            throw .unreachable(error.description)
        }
    }

    private func run() throws(SystemCallFailure) -> CeilingReport {
        guard let loopback = SocketAddress(host: "127.0.0.1", port: 0) else {
            unreachable("the loopback address is one")
        }
        let listening = try ListeningSocket(on: loopback)
        let reader = FanOutReader(listening.address, connections: settings.connections)
        let thread = try WorkerThread.start(name: "reader", reader)
        let outcome = outcome(listening, reader)
        reader.stop()
        thread.join()
        return try outcome.get()
    }

    private func outcome(
        _ listening: borrowing ListeningSocket, _ reader: FanOutReader
    ) -> Result<CeilingReport, SystemCallFailure> {
        do throws(SystemCallFailure) {
            try accept(from: listening, whileAlive: reader)
            return .success(try measure(reader))
        } catch {
            return .failure(reader.failure ?? error)
        }
    }

    private func measure(_ reader: FanOutReader) throws(SystemCallFailure) -> CeilingReport {
        try write(for: Self.warmUp)

        let start = SystemClock.instant()
        let (readBefore, own, both) = (
            reader.bytesRead, ProcessorClock.ofThisThread(), ProcessorClock.ofThisProcess()
        )
        try write(for: .seconds(settings.seconds))
        let duration = BenchProgram.seconds(SystemClock.instant() - start)
        let writing = BenchProgram.seconds(ProcessorClock.ofThisThread() - own)
        let all = BenchProgram.seconds(ProcessorClock.ofThisProcess() - both)
        let deliveries = Double((reader.bytesRead - readBefore) / frameBytes)
        return CeilingReport(
            settings,
            figures: [
                ("ops_s", deliveries / max(duration, 1e-9)),
                ("srv_cpu_s_100k", writing * 100_000 / max(deliveries, 1)),
                ("gen_cpu_s_100k", (all - writing) * 100_000 / max(deliveries, 1)),
                ("srv_cpu_pct", writing * 100 / max(duration, 1e-9)),
                ("gen_cpu_pct", (all - writing) * 100 / max(duration, 1e-9)),
            ])
    }

    private func accept(
        from listening: borrowing ListeningSocket, whileAlive reader: FanOutReader
    ) throws(SystemCallFailure) {
        let newcomers = UInt64(settings.connections)
        try poll.add(listening, key: newcomers, for: .reading)
        let deadline = SystemClock.instant() + Self.connectPatience
        while targets.count < settings.connections {
            if let failure = reader.failure { throw failure }
            guard SystemClock.instant() < deadline else {
                throw SystemCallFailure("accept4", code: 0, subject: "not all came in time")
            }
            try poll.wait(timeout: .milliseconds(50), into: &ready)
            for event in ready where event.key != newcomers && event.isWritable {
                writable.append(Int(event.key))
            }
            while targets.count < settings.connections, let socket = try listening.accept() {
                let index = targets.count
                try poll.add(socket, key: UInt64(index), for: [.writing, .changesOnly])
                targets.append(Target(socket))
            }
        }
        try poll.remove(listening)
    }

    // MARK: Writing

    private func write(for duration: Duration) throws(SystemCallFailure) {
        let deadline = SystemClock.instant() + duration
        var left: [Int] = []
        while SystemClock.instant() < deadline {
            // With room somewhere this only asks whether there is more by now.
            try poll.wait(timeout: writable.isEmpty ? .milliseconds(50) : .zero, into: &ready)
            for event in ready where event.isWritable { writable.append(Int(event.key)) }
            left.removeAll(keepingCapacity: true)
            for index in writable where try writeUnit(to: targets[index]) { left.append(index) }
            swap(&left, &writable)
        }
    }

    /// - Returns: whether all of it has left, so that there may be room for more.
    private func writeUnit(to target: Target) throws(SystemCallFailure) -> Bool {
        var outcome: Result<Int, SystemCallFailure> = .success(0)
        unit.withUnsafeBytes { bytes in
            do throws(SystemCallFailure) {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[target.sent...])
                outcome = .success(try target.socket.write(rest))
            } catch {
                outcome = .failure(error)
            }
        }
        target.sent += try outcome.get()
        guard target.sent == unit.count else { return false }
        target.sent = 0
        return true
    }
}

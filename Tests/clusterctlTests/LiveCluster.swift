import Glibc
import SystemIO
import Testing
import Toolbox
import Vocabulary
import clusterctl

/// Nodes as processes of their own, on ports that were free, in a folder that goes with it.
final class LiveCluster {
    /// Owns the process: letting go of it kills it.
    private final class Node {
        let child: ChildProcess
        init(_ child: consuming ChildProcess) { self.child = child }
    }

    let folder: Folder
    /// Where clients of the coordination service connect.
    let coordinationAddress: String
    private var nodes: [Node] = []

    /// `chatnode`, built beside the program that runs the tests; nil if it is not there.
    static var program: String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        guard count > 0 else { return nil }
        let own = String(
            decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard let slash = own.lastIndex(of: "/") else { return nil }
        let program = own[..<slash] + "/chatnode"
        return access(String(program), X_OK) == 0 ? String(program) : nil
    }

    init(nodes count: Int) throws {
        folder = try Folder.temporary(prefix: "clusterctl-live")
        let ports = try Self.freePorts(count * 4)
        coordinationAddress = "127.0.0.1:\(ports[3])"
        try folder.replace("cluster.json5", by: Bytes(Self.text(count, ports)))
        try #require(run("secrets", "create").status == .good)
        let program = try #require(Self.program)
        for number in 1...count {
            nodes.append(
                Node(
                    try ChildProcess.start(
                        program,
                        ["--config", folder.path(of: "cluster.json5"), "--node", "\(number)"],
                        standardError: folder.path(of: "n\(number).log"))))
        }
    }

    deinit {
        nodes = []
        do {
            try folder.removeTree()
        } catch {
            Issue.record("\(folder.path) could not be removed: \(error)")
        }
    }

    /// Runs `clusterctl --config … words`.
    func run(_ words: String...) -> (status: ControlStatus, output: String, complaints: String) {
        var console = RecordingConsole()
        let status = ClusterControl.run(
            words + ["--config", folder.path(of: "cluster.json5")], &console)
        return (status, console.output, console.complaints)
    }

    func waitUntilReady() throws {
        let (status, output, complaints) = run("status", "--wait", "60")
        try #require(status == .good, "\(output)\(complaints)")
    }

    /// Until `condition` holds, for half a minute at most.
    func wait(until condition: () -> Bool) throws {
        let deadline = SystemClock.instant() + .seconds(30)
        var poll = try EventPoll(eventsMaximum: 1)
        var ready: [EventPoll.Ready] = []
        while !condition() {
            try #require(SystemClock.instant() < deadline)
            try poll.wait(timeout: .milliseconds(50), into: &ready)
        }
    }

    /// Below what the kernel gives to outgoing connections, which could take them meanwhile.
    private static func freePorts(_ count: Int) throws -> [UInt16] {
        var random = SeededRandom(seed: SystemRandom.seed())
        var ports: [UInt16] = []
        for _ in 0..<1_000 where ports.count < count {
            let port = UInt16(20_000 + random.below(12_000))
            let address = try #require(SocketAddress(host: "127.0.0.1", port: port))
            do throws(SystemCallFailure) {
                _ = try ListeningSocket(on: address)
                if !ports.contains(port) { ports.append(port) }
            } catch {
                // Somebody listens there: on to the next.
                continue
            }
        }
        try #require(ports.count == count)
        return ports
    }

    private static func text(_ count: Int, _ ports: [UInt16]) -> String {
        let nodes = (0..<count).map { index in
            let own = ports[index * 4..<index * 4 + 4].map { "\($0)" }
            return """
                { id: \(index + 1), host: "127.0.0.1", peerPort: \(own[0]), clientPort: \(own[1]),
                  adminPort: \(own[2]), coordinationPort: \(own[3]) }
                """
        }
        return """
            { cluster: "live", stateDirectory: ".", nodes: [\(nodes.joined(separator: ",\n"))] }
            """
    }
}

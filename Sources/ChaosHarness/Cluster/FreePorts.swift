import SystemIO
import Toolbox

/// Ports of this machine on which nobody listens.
enum FreePorts {
    /// Below what the kernel gives to outgoing connections: one of those could else take the port
    /// of a node while it is dead.
    private static let range = 20_000..<32_000

    static func find(_ count: Int) throws(SystemCallFailure) -> [UInt16] {
        var random = SeededRandom(seed: SystemRandom.seed())
        var ports: [UInt16] = []
        var failure = SystemCallFailure("bind", code: 0)
        for _ in 0..<1_000 where ports.count < count {
            let port = UInt16(range.lowerBound + random.below(range.count))
            guard !ports.contains(port), let address = SocketAddress(host: "127.0.0.1", port: port)
            else { continue }
            do throws(SystemCallFailure) {
                _ = try ListeningSocket(on: address)
                ports.append(port)
            } catch {
                failure = error
            }
        }
        guard ports.count == count else { throw failure }
        return ports
    }
}

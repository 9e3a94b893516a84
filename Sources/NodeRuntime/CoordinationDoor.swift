import SystemIO

/// Where clients of the coordination service come in, on nodes that have a port for them.
///
/// A class, because a class can not hold an optional value that is not copyable.
final class CoordinationDoor {
    let listener: ListeningSocket

    init?(on address: SocketAddress?) throws(SystemCallFailure) {
        guard let address else { return nil }
        listener = try ListeningSocket(on: address)
    }
}

public import Toolbox

/// Something that is due in the network. Only the network knows what it means.
public struct NetworkEvent: Sendable {
    enum Step: Sendable {
        /// A dial reaches the other place.
        case dialArrives
        /// The dialler learns that it is connected.
        case dialAnswered
        case dialFails(refused: Bool)
        /// A frame of a lossy connection reaches the other end of `from`.
        case frame(from: Side, Bytes)
        /// The first item of the stream from this end is due.
        case pump(from: Side)
        /// A lossy connection's other end of `from` learns that it is closed.
        case closeArrives(from: Side)
    }

    let connection: Int
    let step: Step
}

/// What the network tells the process at an endpoint.
public enum NetworkDelivery: Sendable {
    case accepted(VirtualPort)
    case connected
    /// `refused`: no process listens there; otherwise nobody answered.
    case failed(refused: Bool)
    case received(Bytes)
    case closed
    /// Bytes that this end sent and that wait for room have become this many.
    case backlog(bytes: Int)
}

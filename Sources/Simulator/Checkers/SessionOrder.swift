public import VirtualWorld
public import ZooKeeperWire

/// One session's answers come in the order of its requests, and what it is told of never goes back:
/// over all of its connections, to whichever nodes.
public struct SessionOrder: Sendable {
    private(set) var lastZxid = Zxid.zero

    public init() {}

    /// - Parameter sent: what waits longest for its answer.
    public mutating func hear(
        _ header: ReplyHeader, answering sent: CoordinationRequestSent?, from client: Int,
        into violations: inout [Violation]
    ) {
        if sent?.xid != header.xid {
            let asked = sent.map { "\($0.xid)" } ?? "nothing"
            violations.append(
                Violation(
                    "SessionOrder",
                    "coordinator \(client + 1) is answered \(header.xid) and waits for \(asked)"))
        }
        if header.zxid < lastZxid {
            violations.append(
                Violation(
                    "SessionOrder",
                    "coordinator \(client + 1) is told of \(header.zxid) after \(lastZxid)"))
        }
        lastZxid = max(lastZxid, header.zxid)
    }
}

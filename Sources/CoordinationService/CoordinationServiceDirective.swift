public import Coordination
public import Toolbox
public import Vocabulary
public import ZooKeeperWire

/// What a coordination service wants done, in the order of the array.
public enum CoordinationServiceDirective: Hashable, Sendable {
    /// Append to what the socket still has to send. At most one per connection and `endTurn`, and
    /// one more before a `close`.
    case send(ConnectionID, Bytes)
    /// Close the socket once everything is sent. Nothing more is sent to it.
    case close(ConnectionID)
    /// Read nothing from the socket until `resume`: its client asks faster than it is answered.
    case pause(ConnectionID)
    case resume(ConnectionID)
    /// Bring a command of `Coordination` to the group's leader. Commands of one stream are to reach
    /// the log in this order or not at all: once one is lost, `commandFailed` is told and no later
    /// one of the stream may follow it. What comes of a command is told by `applied` alone.
    case propose(Bytes, CoordinationStream)
    /// Learn an index that was committed after this directive was given; answered by `readReached`
    /// or `readFailed`, exactly once.
    case readBarrier(CoordinationBarrier)
    /// Tell the leader, by its `touched`, which sessions were heard here. May be lost.
    case tellLeader(NodeID, [CoordinationSessionID])
    /// Carry a change of the group's voters out, and publish it in this client's name, or say
    /// `reconfigurationRefused`.
    indirect case reconfigure(CoordinationReconfiguration)
    /// An operator's question, to be answered by `answer(_:on:vitals:machine:into:)`.
    case word(ConnectionID, FourLetterWord)
    case observe(CoordinationServiceObservation)
}

/// Commands that keep their order.
public enum CoordinationStream: Hashable, Sendable {
    /// One client's; it ends with its connection, and is never used again.
    case connection(ConnectionID)
    /// The leader's own: for this node's log, if it still leads in this term, and never to be
    /// handed to another. What is lost is sent again.
    case housekeeping(Term)
}

/// One read barrier that this node asked for.
public struct CoordinationBarrier: Identifier {
    public static let symbol = "b"
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    static let none = CoordinationBarrier(0)
}

/// A client's wish to change the voters.
public struct CoordinationReconfiguration: Hashable, Sendable {
    public let connection: ConnectionID
    /// Goes into `CoordinationCommand.publishConfiguration`, so that the client is answered.
    public let requester: CoordinationRequester
    public let identities: [AccessIdentity]
    public let request: ReconfigRequest
}

/// Who leads the coordination group, as far as this node has heard lately.
public enum CoordinationLeadership: Hashable, Sendable {
    /// Nobody is heard, or this node leads without a quorum.
    case unknown
    case other(NodeID, Term)
    case own(Term)

    /// In which there is a leader.
    public var term: Term? {
        switch self {
        case .unknown: nil
        case .other(_, let term), .own(let term): term
        }
    }
}

/// Why a command did not come through.
public enum CommandFailure: Hashable, Sendable {
    /// It is in no log, and will be in none.
    case noLeader
    case overloaded
    /// It may yet be applied.
    case unknown
}

/// What operators may want to know.
public enum CoordinationServiceObservation: Hashable, Sendable {
    /// A host has as many connections as it may.
    case connectionRefused(host: Bytes)
    /// A client sent what is no frame of this protocol.
    case strangeBytes(ConnectionID)
    /// A client does not read what it asked for.
    case clientStuck(ConnectionID)
    /// This node did not run for that long; all deadlines moved.
    case pauseNoticed(milliseconds: Int64)
    case sessionsExpiring(count: Int)
    /// A client showed a password that is not the session's.
    case wrongPassword(CoordinationSessionID)
    case readOnlyBegan
    case readOnlyEnded
}

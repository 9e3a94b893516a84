public import Toolbox
public import Vocabulary

public enum RouterDirective: Sendable {
    /// Hand the request to this node's own replica, or to the peer's.
    case dispatch(RoutedRequest, to: NodeID)
    /// The request's one and only answer.
    case answer(RequestID, RouteOutcome)
}

/// How a request ended.
public enum RouteOutcome: Hashable, Sendable {
    case done(Bytes)
    /// Nobody led the group in time, and the request was taken by none: it did not happen.
    case noLeader
    /// It was taken by a leader that could not say in time what became of it.
    case unknown
    /// Too much is waiting already: it did not happen.
    case overloaded
}

/// Whether a request may be tried again when nobody knows what became of it.
public enum Repetition: Hashable, Sendable {
    /// Doing it twice is doing it once: queries, and commands that carry an id of their own.
    case harmless
    case harmful
}

public struct RouterSettings: Sendable {
    /// From `submit` to the answer at the latest.
    public var requestTimeout: Duration = .seconds(10)
    /// Between two tries where no leader is known; the leader's own word comes sooner.
    public var retryInterval: Duration = .milliseconds(20)
    public var retryIntervalMaximum: Duration = .milliseconds(250)
    /// Requests of one group that wait; one more is `overloaded`.
    public var waitingRequestsMaximum = 65_536
    #if PLANTED_FAULTS
        /// A fault to commit on purpose, for tests of the tests.
        public var plantedFault: PlantedRoutingFault?
    #endif

    public init() {}
}

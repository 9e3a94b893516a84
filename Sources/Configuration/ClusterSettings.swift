public import ClusterNode

/// Every knob of a node. The rooms that they tune declare them; this only holds them together.
public struct ClusterSettings: Sendable {
    public var node = NodeSettings()
    public var passwords = PasswordSettings()

    public init() {}
}

/// How passwords are hashed.
public struct PasswordSettings: Hashable, Sendable {
    /// yescrypt's cost: each step doubles the time and memory of a guess, and of a log-in.
    public var hashCost = 5

    public init() {}
}

/// The cluster that a run starts, before it has ports and folders.
public struct ClusterDraft: Hashable, Sendable {
    /// A zone for each node; nodes are numbered 1, 2, 3, ...
    public var zones: [String]
    /// Slices of the message space.
    public var shardsCount: Int
    /// Copies of each group.
    public var replicas: Int
    /// The objects of settings of a configuration file, as they stand there.
    public var settings: String

    public init(zones: [String], shardsCount: Int, replicas: Int, settings: String) {
        self.zones = zones
        self.shardsCount = shardsCount
        self.replicas = replicas
        self.settings = settings
    }
}

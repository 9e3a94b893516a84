/// What one log entry may do at most, so that no entry keeps every replica busy for long.
public enum CoordinationBounds {
    /// Ephemeral nodes deleted by one entry: a session with more is closed by several, see
    /// `CoordinationCommand.continueClosing`.
    public static let ephemeralsDeletedPerEntryMaximum = 5_000
    /// Sessions that one entry expires; those beyond are left as they are.
    public static let sessionsExpiredPerEntryMaximum = 1_000
    /// Paths that one entry reaps; those beyond are left as they are.
    public static let pathsReapedPerEntryMaximum = 1_000
    /// Milliseconds that a node may be given to live, as in ZooKeeper: 40 bits.
    public static let timeToLiveMillisecondsMaximum: Int64 = 0xFF_FFFF_FFFF
}

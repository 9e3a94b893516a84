/// How `clusterctl` ends, for scripts.
public enum ExitStatus: Int32, Hashable, Sendable {
    /// Asked, answered, and all is as it should be.
    case good = 0
    /// The answer is bad: something is down, missing, different or was refused.
    case bad = 1
    /// The question was wrong: arguments, configuration or secrets.
    case usage = 2
    /// Nobody answered.
    case unreachable = 3
}

import Vocabulary

/// One key of a configuration file that tunes a room: its name, unit, bounds, and where it goes.
public struct SettingKey: Sendable {
    public typealias DurationPath = any WritableKeyPath<ClusterSettings, Duration> & Sendable
    public typealias CountPath = any WritableKeyPath<ClusterSettings, Int> & Sendable

    public enum Target: Sendable {
        case milliseconds(DurationPath)
        case seconds(DurationPath)
        case bytes(CountPath)
        /// How many of what.
        case count(CountPath, of: String)
    }

    /// The object that it stands in.
    public let section: String
    public let name: String
    public let target: Target
    /// In its unit.
    public let range: ClosedRange<Int64>
    /// What it does when raised or lowered.
    public let effect: String

    init(
        _ section: String, _ name: String, _ target: Target, _ range: ClosedRange<Int64>,
        _ effect: String
    ) {
        self.section = section
        self.name = name
        self.target = target
        self.range = range
        self.effect = effect
    }

    public var unit: String {
        switch target {
        case .milliseconds: "ms"
        case .seconds: "s"
        case .bytes: "bytes"
        case .count(_, let what): what
        }
    }

    /// The value in `settings`, in this key's unit.
    public func value(in settings: ClusterSettings) -> Int64 {
        switch target {
        case .milliseconds(let path): settings[keyPath: path].nanoseconds / 1_000_000
        case .seconds(let path): settings[keyPath: path].nanoseconds / 1_000_000_000
        case .bytes(let path), .count(let path, _): Int64(settings[keyPath: path])
        }
    }

    /// - Precondition: `value` lies in `range`.
    func set(_ value: Int64, in settings: inout ClusterSettings) {
        switch target {
        case .milliseconds(let path): settings[keyPath: path] = .milliseconds(value)
        case .seconds(let path): settings[keyPath: path] = .seconds(value)
        case .bytes(let path), .count(let path, _): settings[keyPath: path] = Int(value)
        }
    }

    /// What a node does when nothing is said.
    public var defaultValue: Int64 { value(in: ClusterSettings()) }
}

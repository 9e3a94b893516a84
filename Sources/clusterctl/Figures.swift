/// Numbers as people read them.
public enum Figures {
    public static func bytes(_ count: UInt64) -> String {
        switch count {
        case ..<1_024: "\(count) B"
        case ..<(1 << 20): "\(tenths(count, of: 1 << 10)) KiB"
        case ..<(1 << 30): "\(tenths(count, of: 1 << 20)) MiB"
        default: "\(tenths(count, of: 1 << 30)) GiB"
        }
    }

    public static func microseconds(_ count: UInt64) -> String {
        switch count {
        case ..<1_000: "\(count) us"
        case ..<1_000_000: "\(tenths(count, of: 1_000)) ms"
        default: "\(tenths(count, of: 1_000_000)) s"
        }
    }

    public static func seconds(_ count: Double) -> String {
        guard count.isFinite, count >= 0, count < 1e12 else { return "-" }
        return "\(tenths(UInt64(count * 1_000), of: 1_000)) s"
    }

    private static func tenths(_ count: UInt64, of unit: UInt64) -> String {
        "\(count / unit).\(count % unit * 10 / unit)"
    }
}

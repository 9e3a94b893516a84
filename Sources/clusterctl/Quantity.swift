/// Quantities as people read them.
enum Quantity {
    /// Two units at most: `5.2s`, `3m12s`, `4h03m`, `12d04h`.
    static func seconds(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 1e12 else { return "?" }
        if seconds < 60 { return "\(oneDecimal(seconds))s" }
        let whole = Int(seconds)
        if whole < 3_600 { return "\(whole / 60)m\(twoDigits(whole % 60))s" }
        if whole < 86_400 { return "\(whole / 3_600)h\(twoDigits(whole / 60 % 60))m" }
        return "\(whole / 86_400)d\(twoDigits(whole / 3_600 % 24))h"
    }

    static func bytes(_ bytes: UInt64) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var (value, unit) = (Double(bytes), 0)
        while value >= 1_024, unit + 1 < units.count {
            value /= 1_024
            unit += 1
        }
        return unit == 0 ? "\(bytes)B" : "\(oneDecimal(value))\(units[unit])"
    }

    static func microseconds(_ microseconds: UInt64) -> String {
        if microseconds < 1_000 { return "\(microseconds)us" }
        if microseconds < 1_000_000 { return "\(oneDecimal(Double(microseconds) / 1_000))ms" }
        return "\(oneDecimal(Double(microseconds) / 1_000_000))s"
    }

    private static func oneDecimal(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    private static func twoDigits(_ value: Int) -> String {
        value < 10 ? "0\(value)" : "\(value)"
    }
}

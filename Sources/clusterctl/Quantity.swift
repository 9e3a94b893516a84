import Vocabulary

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

    /// A change of the coordination tree, as ZooKeeper's tools print it.
    static func zxid(_ zxid: Int64) -> String {
        "0x" + String(UInt64(bitPattern: zxid), radix: 16)
    }

    /// `2026-01-31T23:59:59.123Z`: years beyond four digits are shown as they are.
    static func date(_ time: WallTime) -> String {
        let day: Int64 = 86_400_000
        let days =
            time.milliseconds >= 0 ? time.milliseconds / day : (time.milliseconds + 1) / day - 1
        let rest = Int(time.milliseconds - days * day)
        let (year, month, dayOfMonth) = civil(days)
        let clock = [rest / 3_600_000, rest / 60_000 % 60, rest / 1_000 % 60].map { twoDigits($0) }
        let fraction = String(1_000 + rest % 1_000).dropFirst()
        return "\(year)-\(twoDigits(month))-\(twoDigits(dayOfMonth))T"
            + clock.joined(separator: ":") + ".\(fraction)Z"
    }

    /// Days since 1970 in the Gregorian calendar. Source: H. Hinnant, chrono-Compatible Low-Level
    /// Date Algorithms, civil_from_days.
    private static func civil(_ days: Int64) -> (year: Int64, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let part = (5 * dayOfYear + 2) / 153
        let month = part < 10 ? part + 3 : part - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, Int(month), Int(dayOfYear - (153 * part + 2) / 5 + 1))
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

    /// Of a share, 0 ... 1: `33.3%`.
    static func percent(_ share: Double) -> String {
        guard share.isFinite, share >= 0, share <= 1e6 else { return "?" }
        return oneDecimal(share * 100) + "%"
    }

    private static func oneDecimal(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    private static func twoDigits(_ value: Int) -> String {
        value < 10 ? "0\(value)" : "\(value)"
    }
}

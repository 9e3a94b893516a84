/// Numbers as people read them.
public enum Figure {
    /// With two decimals; "-" for what is no number.
    public static func hundredths(_ value: Double) -> String {
        guard value.isFinite, value >= 0, value < 1e15 else { return "-" }
        let hundredths = UInt64(value * 100 + 0.5)
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }

    public static func microseconds(_ count: UInt64) -> String {
        switch count {
        case ..<1_000: "\(count) us"
        case ..<1_000_000: "\(hundredths(Double(count) / 1_000)) ms"
        default: "\(hundredths(Double(count) / 1_000_000)) s"
        }
    }

    /// In groups of three digits.
    public static func grouped(_ count: Int) -> String {
        var digits = String(count)
        var groups: [String] = []
        while digits.utf8.count > 3 {
            groups.append(String(digits.suffix(3)))
            digits.removeLast(3)
        }
        return ([digits] + groups.reversed()).joined(separator: ",")
    }
}

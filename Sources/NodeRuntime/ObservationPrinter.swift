import ClusterNode
import SystemIO
import Toolbox
import Vocabulary

/// One line for each observation, on standard error: for people, or as JSON.
struct ObservationPrinter {
    let node: NodeID
    let asJSON: Bool

    func print(_ observation: Observation) { print("\(observation)") }

    func print(_ text: String) {
        let time = SystemClock.now().wall
        let line = asJSON ? json(text, time) : "\(Self.iso(time)) \(node) \(Self.printable(text))"
        StandardError.write(line + "\n")
    }

    private func json(_ text: String, _ time: WallTime) -> String {
        var writer = JSONWriter(reserving: 128)
        writer.beginObject()
        writer.member("time", time.milliseconds)
        writer.member("node", UInt64(node.rawValue))
        writer.member("text", text)
        writer.endObject()
        return writer.take().text ?? ""
    }

    /// Control characters could forge lines.
    private static func printable(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 32 ? "?" : $0 }))
    }

    /// ISO 8601 in UTC, to the millisecond.
    static func iso(_ time: WallTime) -> String {
        let (days, milliseconds) = time.milliseconds.quotientAndRemainder(dividingBy: 86_400_000)
        let (year, month, day) = date(daysSince1970: days)
        let seconds = milliseconds / 1_000
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T"
            + "\(padded(seconds / 3_600, 2)):\(padded(seconds / 60 % 60, 2))"
            + ":\(padded(seconds % 60, 2)).\(padded(milliseconds % 1_000, 3))Z"
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// The civil date, by counting in eras of 400 years that start on 1 March.
    private static func date(daysSince1970: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let days = daysSince1970 + 719_468
        let era = days / 146_097
        let dayOfEra = days % 146_097
        let year =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * year + year / 4 - year / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shifted + 2) / 5 + 1
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (year + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}

/// How the log's files are called: `wal-` and `spare-` with sixteen hexadecimal digits, and
/// `damaged-<n>-wal-…` for segments that were set aside.
public enum SegmentNames {
    /// Whether recovery wants to be given this file's bytes.
    public static func isLogFile(_ name: FileName) -> Bool {
        sequence(ofSegment: name) != nil || number(ofSpare: name) != nil
    }

    /// Whether a damaged segment was set aside under this name. Recovery looks at the name only.
    public static func isSetAside(_ name: FileName) -> Bool { number(ofSetAside: name) != nil }

    static func segment(_ sequence: UInt64) -> FileName {
        FileName(made: "wal-" + LogStorageFailure.hex(sequence))
    }

    static func spare(_ number: UInt64) -> FileName {
        FileName(made: "spare-" + LogStorageFailure.hex(number))
    }

    static func setAside(_ number: UInt64, _ segment: FileName) -> FileName {
        FileName(made: "damaged-\(number)-" + segment.text)
    }

    static func number(ofSetAside name: FileName) -> UInt64? {
        let parts = name.text.split(separator: "-", maxSplits: 2)
        guard parts.count == 3, parts[0] == "damaged", let number = UInt64(parts[1]),
            number < LogLimits.numbersEnd, let segment = FileName(String(parts[2])),
            sequence(ofSegment: segment) != nil
        else { return nil }
        return number
    }

    static func sequence(ofSegment name: FileName) -> UInt64? {
        guard let number = number(of: name, after: "wal-") else { return nil }
        return segment(number) == name ? number : nil
    }

    static func number(ofSpare name: FileName) -> UInt64? {
        guard let number = number(of: name, after: "spare-") else { return nil }
        return spare(number) == name ? number : nil
    }

    private static func number(of name: FileName, after prefix: String) -> UInt64? {
        guard name.text.hasPrefix(prefix) else { return nil }
        let number = UInt64(name.text.dropFirst(prefix.count), radix: 16)
        return number.flatMap { $0 < LogLimits.numbersEnd ? $0 : nil }
    }
}

enum LogLimits {
    /// Sequences, indices and incarnations that are read lie below, so that no later step can
    /// overflow. Reached after a billion writes a second for a century.
    static let numbersEnd: UInt64 = 1 << 62
}

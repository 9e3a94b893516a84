/// How the log's files are called: `wal-` and `spare-` with sixteen hexadecimal digits.
public enum SegmentNames {
    /// Whether recovery wants to be given this file's bytes.
    public static func isLogFile(_ name: FileName) -> Bool {
        sequence(ofSegment: name) != nil || number(ofSpare: name) != nil
    }

    static func segment(_ sequence: UInt64) -> FileName {
        FileName(made: "wal-" + LogStorageFailure.hex(sequence))
    }

    static func spare(_ number: UInt64) -> FileName {
        FileName(made: "spare-" + LogStorageFailure.hex(number))
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

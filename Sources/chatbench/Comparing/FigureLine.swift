/// The figures of one case of one system, as `chatbench` and the kit that measures other systems
/// print them: `peer=etcd case=put_c1 ops_s=850 p50_us=1130 ...`.
public struct FigureLine: Hashable, Sendable {
    public let peer: String
    public let caseName: String
    /// By name; what is no number is left out.
    public let values: [String: Double]

    public init(peer: String, caseName: String, values: [String: Double]) {
        self.peer = peer
        self.caseName = caseName
        self.values = values
    }

    /// Nil for a line that is none.
    public init?(_ line: some StringProtocol) {
        var words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })[...]
        guard let peer = Self.value(of: "peer", in: words.popFirst()),
            let caseName = Self.value(of: "case", in: words.popFirst())
        else { return nil }
        var values: [String: Double] = [:]
        for word in words {
            let parts = word.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let value = Double(String(parts[1])), value.isFinite else {
                continue
            }
            values[String(parts[0])] = value
        }
        self.init(peer: peer, caseName: caseName, values: values)
    }

    private static func value<Word: StringProtocol>(of name: String, in word: Word?) -> String? {
        guard let word, word.hasPrefix(name + "="), word.count > name.count + 1 else { return nil }
        return String(word.dropFirst(name.count + 1))
    }
}

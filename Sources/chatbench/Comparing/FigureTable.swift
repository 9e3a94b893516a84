/// What was measured in several rounds: figures by system and case, and remarks.
public struct FigureTable: Sendable {
    private struct Key: Hashable {
        let peer: String
        let caseName: String
    }

    private var lines: [Key: [FigureLine]] = [:]
    /// Of the machine, and of what was left out: lines that began with `# `, each once.
    public private(set) var remarks: [String] = []

    public init() {}

    /// Takes what a file of figures holds. Lines that are neither figures nor remarks are skipped.
    public mutating func add(_ text: String) {
        for line in text.split(separator: "\n") {
            if let figures = FigureLine(line) {
                let key = Key(peer: figures.peer, caseName: figures.caseName)
                if lines[key] == nil { measured.append((key.peer, key.caseName)) }
                lines[key, default: []].append(figures)
            } else if line.hasPrefix("# ") {
                let remark = String(line.dropFirst(2))
                if !remarks.contains(remark) { remarks.append(remark) }
            }
        }
    }

    public var isEmpty: Bool { lines.isEmpty }

    /// Every system and case, in the order in which they came.
    public private(set) var measured: [(peer: String, caseName: String)] = []

    /// The cases of one system, in the order in which they came.
    public func cases(of peer: String) -> [String] {
        measured.filter { $0.peer == peer }.map(\.caseName)
    }

    /// The names of all figures of a case, ascending.
    public func figures(_ peer: String, _ caseName: String) -> [String] {
        Set((lines[Key(peer: peer, caseName: caseName)] ?? []).flatMap { $0.values.keys }).sorted()
    }

    /// How often a case was measured.
    public func runsCount(_ peer: String, _ caseName: String) -> Int {
        lines[Key(peer: peer, caseName: caseName)]?.count ?? 0
    }

    /// The median of all runs that have the figure; nil if none has.
    public func median(_ figure: String, _ peer: String, _ caseName: String) -> Double? {
        let values = sorted(figure, peer, caseName)
        guard !values.isEmpty else { return nil }
        let middle = values.count / 2
        return values.count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2
    }

    /// The least and the most; nil if no run has the figure.
    public func range(
        of figure: String, _ peer: String, _ caseName: String
    ) -> ClosedRange<Double>? {
        let values = sorted(figure, peer, caseName)
        guard let least = values.first, let most = values.last else { return nil }
        return least...most
    }

    private func sorted(_ figure: String, _ peer: String, _ caseName: String) -> [Double] {
        (lines[Key(peer: peer, caseName: caseName)] ?? []).compactMap { $0.values[figure] }.sorted()
    }
}

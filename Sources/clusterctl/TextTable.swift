/// Columns for people: texts to the left, numbers to the right, two spaces between.
public struct TextTable: Sendable {
    private let titles: [String]
    private var rows: [[String]] = []

    public init(_ titles: [String]) { self.titles = titles }

    /// - Precondition: as many cells as titles.
    public mutating func add(_ cells: [String]) { rows.append(cells) }

    /// One line for the titles and one for each row, each with its end.
    public var text: String {
        let widths = titles.indices.map { column in
            ([titles] + rows).map { $0[column].count }.max() ?? 0
        }
        let isNumeric = titles.indices.map { column in
            !rows.isEmpty && rows.allSatisfy { Self.isNumeric($0[column]) }
        }
        return ([titles] + rows).map { row in
            let cells = row.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - row[column].count)
                return isNumeric[column] ? padding + row[column] : row[column] + padding
            }
            return Self.trimmed(cells.joined(separator: "  ")) + "\n"
        }.joined()
    }

    private static func isNumeric(_ cell: String) -> Bool {
        cell == "-" || cell.first?.isNumber == true && !cell.contains(":")
    }

    private static func trimmed(_ line: String) -> String {
        var line = line
        while line.hasSuffix(" ") { line.removeLast() }
        return line
    }
}

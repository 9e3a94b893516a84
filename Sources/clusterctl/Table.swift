/// Rows in aligned columns, for people.
public struct Table: Hashable, Sendable {
    public enum Alignment: Hashable, Sendable {
        case left
        /// For numbers.
        case right
    }

    public struct Column: Hashable, Sendable {
        public let title: String
        public let alignment: Alignment

        public init(_ title: String, _ alignment: Alignment = .left) {
            self.title = title
            self.alignment = alignment
        }
    }

    private static let gap = "  "
    /// Stands where there is nothing to say.
    public static let nothing = "-"

    private let columns: [Column]
    private let showsHeader: Bool
    private var rows: [[String]] = []

    public init(columns: [Column], showsHeader: Bool = true) {
        self.columns = columns
        self.showsHeader = showsHeader
    }

    /// Two columns without titles: what something is, and its value.
    public static func facts(_ facts: [(String, String)]) -> Table {
        var table = Table(columns: [Column(""), Column("")], showsHeader: false)
        for (name, value) in facts { table.append([name, value]) }
        return table
    }

    /// Puts a row below the others. Cells that are missing are empty; further ones are left out.
    ///
    /// Control characters become question marks: what users call themselves must not move the
    /// operator's cursor.
    public mutating func append(_ cells: [String]) {
        rows.append(columns.indices.map { $0 < cells.count ? Self.printable(cells[$0]) : "" })
    }

    /// Every line with its end, without spaces before it.
    public var text: String {
        let lines = (showsHeader ? [columns.map(\.title)] : []) + rows
        let widths = columns.indices.map { column in
            lines.map { $0[column].count }.max() ?? 0
        }
        return lines.map { cells in
            let padded = columns.indices.map { column in
                Self.pad(cells[column], to: widths[column], columns[column].alignment)
            }
            return Self.trimmed(padded.joined(separator: Self.gap)) + "\n"
        }.joined()
    }

    private static func pad(_ cell: String, to width: Int, _ alignment: Alignment) -> String {
        let space = String(repeating: " ", count: max(0, width - cell.count))
        switch alignment {
        case .left: return cell + space
        case .right: return space + cell
        }
    }

    private static func trimmed(_ line: String) -> String {
        guard let last = line.lastIndex(where: { $0 != " " }) else { return "" }
        return String(line[...last])
    }

    static func printable(_ cell: String) -> String { replacing(isControl, in: cell) }

    /// The same for text of many lines.
    static func printable(text: String) -> String {
        replacing({ $0 != "\n" && $0 != "\t" && isControl($0) }, in: text)
    }

    private static func replacing(
        _ isWrong: (Unicode.Scalar) -> Bool, in text: String
    ) -> String {
        guard text.unicodeScalars.contains(where: isWrong) else { return text }
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { scalars.append(isWrong(scalar) ? "?" : scalar) }
        return String(scalars)
    }

    /// Controls, and what turns the direction of writing around.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        case .format: scalar.properties.isBidiControl
        default: false
        }
    }
}

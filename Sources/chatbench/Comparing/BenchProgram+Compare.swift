import SystemIO
import Toolbox

extension BenchProgram {
    /// - Returns: whether nothing falls short, if that was asked.
    static func compare(
        _ settings: CompareSettings, isJSON: Bool
    ) throws(BenchFailure) -> Bool {
        if settings.listsPeers {
            print(Comparison.peers.joined(separator: "\n"))
            return true
        }
        var table = FigureTable()
        for file in settings.files { table.add(try text(of: file)) }
        guard !table.isEmpty else { throw .usage("there are no figures in these files") }
        let report = ComparisonReport(table)
        print(isJSON ? (report.encoded().text ?? "") + "\n" : report.markdown, terminator: "")
        guard settings.isChecked else { return true }
        for shortfall in report.shortfalls { StandardError.write("falls short: \(shortfall)\n") }
        return report.shortfalls.isEmpty
    }

    private static func text(of file: String) throws(BenchFailure) -> String {
        let bytes: Bytes
        do throws(SystemCallFailure) {
            bytes = try OpenFile(file, .read).readAll()
        } catch {
            throw .usage(error.description)
        }
        guard let text = bytes.text else { throw .usage("\(file) is no text") }
        return text
    }
}

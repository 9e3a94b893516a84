/// Sizes that a reader can hold in mind.
enum SizeRules {
    static let columnsMaximum = 100
    static let functionLinesMaximum = 70
    static let parametersMaximum = 6
    /// Who makes the whole of something names all its parts.
    static let initializerParametersMaximum = 8
    static let fileLinesMaximum = 500
    static let testFileLinesMaximum = 800
    /// Of one folder; a large room has a folder for each topic.
    static let folderFilesMaximum = 35

    static func findings(in file: SourceFile) -> [Finding] {
        var findings: [Finding] = []
        func report(_ line: Int, _ rule: String) {
            findings.append(Finding(path: file.path, line: line, rule: rule))
        }
        for (index, line) in file.lines.enumerated()
        where line.count > columnsMaximum && !isText(line, file.code[index]) {
            report(index + 1, "\(line.count) columns, \(columnsMaximum) at most: scripts/fix")
        }
        let linesMaximum = file.isTest ? testFileLinesMaximum : fileLinesMaximum
        if file.lines.count > linesMaximum {
            report(0, "\(file.lines.count) lines, \(linesMaximum) at most: split it by topic")
        }
        for function in FunctionScanner.functions(in: file.code) {
            if function.lineCount > functionLinesMaximum {
                report(
                    function.line,
                    "\(function.lineCount) lines of one function, \(functionLinesMaximum) at most:"
                        + " keep the branching, move straight-line work out")
            }
            let parametersMaximum =
                function.isInitializer ? initializerParametersMaximum : Self.parametersMaximum
            if function.parameterCount > parametersMaximum, !function.isMemberwise {
                report(
                    function.line,
                    "\(function.parameterCount) parameters, \(parametersMaximum) at most: what"
                        + " goes together is a type")
            }
        }
        return findings
    }

    /// Whether the line stands inside a text of many lines: it is as wide as what it shows.
    private static func isText(_ line: String, _ code: String) -> Bool {
        let isBlank = code.allSatisfy(\.isWhitespace)
        return isBlank && line.first { !$0.isWhitespace } != "/"
    }

    static func findings(inFoldersOf files: [SourceFile]) -> [Finding] {
        Dictionary(grouping: files.filter { !$0.isTest }, by: \.folder).compactMap {
            folder, files in
            files.count <= folderFilesMaximum
                ? nil
                : Finding(
                    path: folder, line: 0,
                    rule: "\(files.count) files, \(folderFilesMaximum) at most: it is two rooms, or"
                        + " needs a folder for each topic")
        }
    }
}

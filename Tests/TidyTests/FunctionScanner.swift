/// Finds functions in code, as far as their size is concerned.
enum FunctionScanner {
    struct Function {
        /// Of its declaration, counted from 1.
        let line: Int
        let lineCount: Int
        let parameterCount: Int
        let isInitializer: Bool
        /// An initializer that gives each parameter to the property of its name, and no more: as
        /// long as the record that it makes.
        let isMemberwise: Bool
    }

    /// - Parameter code: lines without comments and texts.
    static func functions(in code: [String]) -> [Function] {
        let characters = code.map { Array($0) }
        return code.indices.compactMap { line in
            guard declares(code[line]) else { return nil }
            return function(at: line, characters)
        }
    }

    private static let modifiers: Set<String> = [
        "public", "private", "internal", "fileprivate", "package", "static", "class", "final",
        "mutating", "nonmutating", "borrowing", "consuming", "override", "convenience", "required",
        "nonisolated",
    ]

    private static func declares(_ line: String) -> Bool {
        var words = line.split(separator: " ").map(String.init)[...]
        while let word = words.first, modifiers.contains(word) || word.hasPrefix("@") {
            words.removeFirst()
        }
        guard let word = words.first else { return false }
        return word == "func"
            || ["init(", "init?(", "init<", "subscript(", "subscript<"].contains {
                word.hasPrefix($0)
            }
    }

    private static func function(at line: Int, _ code: [[Character]]) -> Function? {
        var scan = Scan()
        for row in line..<code.count {
            for (column, character) in code[row].enumerated() {
                let previous = column > 0 ? code[row][column - 1] : " "
                switch scan.read(character, after: previous) {
                case .goOn: continue
                case .hasNoBody: return nil
                case .ended:
                    return Function(
                        line: line + 1, lineCount: row - line + 1,
                        parameterCount: scan.parameterCount,
                        isInitializer: String(code[line]).contains("init"),
                        isMemberwise: isMemberwise(code[line...row].map { String($0) }))
                }
            }
        }
        return nil
    }

    private struct Scan {
        enum Outcome { case goOn, hasNoBody, ended }

        private var parentheses = 0
        private var angles = 0
        private var braces = 0
        private var hasList = false
        private var isInList = false
        private var commas = 0
        private var hasParameter = false

        var parameterCount: Int { hasParameter ? commas + 1 : 0 }

        mutating func read(_ character: Character, after previous: Character) -> Outcome {
            switch character {
            case "(", "[":
                if character == "(", parentheses == 0, angles == 0, !hasList {
                    hasList = true
                    isInList = true
                }
                parentheses += 1
            case ")", "]":
                parentheses -= 1
                if parentheses == 0 { isInList = false }
            case "<": angles += previous == " " ? 0 : 1
            case ">": angles -= previous == "-" || angles == 0 ? 0 : 1
            case "{": braces += parentheses == 0 ? 1 : 0
            case "}":
                if parentheses > 0 { return .goOn }
                braces -= 1
                return braces == 0 ? .ended : braces < 0 ? .hasNoBody : .goOn
            case "," where isInList && parentheses == 1 && angles == 0: commas += 1
            case _ where isInList && !character.isWhitespace: hasParameter = true
            default: break
            }
            return .goOn
        }
    }

    private static func isMemberwise(_ lines: [String]) -> Bool {
        guard lines[0].contains("init("), let last = lines.last,
            last.allSatisfy({ $0 == " " || $0 == "}" }),
            let opening = lines.firstIndex(where: { $0.hasSuffix("{") })
        else { return false }
        return lines[(opening + 1)...].dropLast().allSatisfy { line in
            let words = line.split(separator: " ")
            guard words.count == 3, words[1] == "=" else { return false }
            return words[0] == words[2] || words[0] == "self." + words[2]
        }
    }
}

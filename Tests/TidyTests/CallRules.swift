import Foundation

/// Calls that hide time, chance or failure, each with what to do instead.
enum CallRules {
    private struct Rule {
        enum Place { case everywhere, rooms, tests }

        let call: String
        let place: Place
        let instead: String
    }

    private static let rules = [
        Rule(call: "Date()", place: .everywhere, instead: "take a Moment as argument"),
        Rule(call: "ContinuousClock", place: .everywhere, instead: "take an Instant as argument"),
        Rule(call: "SuspendingClock", place: .everywhere, instead: "take an Instant as argument"),
        Rule(call: "UUID()", place: .everywhere, instead: "make it of a SeededRandom"),
        Rule(
            call: "SystemRandomNumberGenerator", place: .everywhere,
            instead: "take a SeededRandom; secrets come from SystemRandom"),
        Rule(call: "try!", place: .everywhere, instead: "throw, or catch and say what it means"),
        Rule(call: "try?", place: .everywhere, instead: "catch, and say what a failure means"),
        Rule(call: "as!", place: .everywhere, instead: "as?, and say what nil means"),
        Rule(call: "fatalError(", place: .everywhere, instead: "invariant or unreachable"),
        Rule(call: "preconditionFailure(", place: .everywhere, instead: "unreachable"),
        Rule(call: "assert(", place: .everywhere, instead: "invariant, which stays in release"),
        Rule(call: "precondition(", place: .rooms, instead: "invariant, which keeps its message"),
        Rule(call: "hashValue", place: .rooms, instead: "XXH64, the same in every run"),
        Rule(call: "@testable", place: .tests, instead: "the room's public API"),
        Rule(call: "sleep(", place: .tests, instead: "move the clock, or wait for what happens"),
        Rule(call: "usleep(", place: .tests, instead: "move the clock, or wait for what happens"),
        Rule(call: "nanosleep(", place: .tests, instead: "move the clock, or wait for an event"),
    ]

    static func findings(in file: SourceFile, rooms: [House.Room]) -> [Finding] {
        let room = rooms.first { $0.name == file.room }
        var findings: [Finding] = []
        for (index, line) in file.code.enumerated() {
            for rule in rules where applies(rule, to: file, room) && has(rule.call, in: line) {
                findings.append(
                    Finding(
                        path: file.path, line: index + 1,
                        rule: "\(rule.call) is banned: \(rule.instead)"))
            }
            for rule in special(line, of: file, room) {
                findings.append(Finding(path: file.path, line: index + 1, rule: rule))
            }
        }
        return findings
    }

    private static func applies(
        _ rule: Rule, to file: SourceFile, _ room: House.Room?
    ) -> Bool {
        // The one place where our own bugs stop the process.
        if file.path == "Sources/Toolbox/Invariant.swift" { return false }
        switch rule.place {
        case .everywhere: return true
        case .rooms: return !file.isTest
        case .tests: return file.isTest
        }
    }

    private static func special(
        _ line: String, of file: SourceFile, _ room: House.Room?
    ) -> [String] {
        var rules: [String] = []
        if line.contains(".random("), !line.contains("using:") {
            rules.append(".random( without a generator is banned: pass a SeededRandom as using:")
        }
        let squeezed = line.filter { $0 != " " }
        if squeezed.hasSuffix("catch{}") || squeezed.contains("catch{}}") {
            rules.append("an empty catch is banned: say what a failure means")
        }
        let prints = has("print(", in: line) && !line.contains("func print(")
        let declares = file.code.contains { $0.contains("func print(") }
        if prints, !declares, let room, room.floor < 6, ["pure", "machinery"].contains(room.wing) {
            rules.append("print( in a room is banned: return an observation; the shell prints")
        }
        return rules
    }

    /// Whether `call` stands in `line` as a word of its own.
    static func has(_ call: String, in line: String) -> Bool {
        var rest = line[...]
        while let range = rest.range(of: call) {
            let before =
                range.lowerBound > line.startIndex
                ? line[line.index(before: range.lowerBound)] : " "
            let after = range.upperBound < line.endIndex ? line[range.upperBound] : " "
            let isWhole = call.last?.isLetter != true || !isWord(after)
            if !isWord(before), before != ".", isWhole { return true }
            if !isWord(before), before == ".", !call.hasSuffix("("), isWhole { return true }
            rest = line[range.upperBound...]
        }
        return false
    }

    static func isWord(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }

    static func words(of line: String) -> [String] {
        line.split { !isWord($0) }.map(String.init)
    }
}

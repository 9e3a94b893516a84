/// Reads the members of one object of a configuration and collects everything that is wrong with
/// it.
struct ObjectReader {
    /// What the object is called in messages; nil for the file's outermost.
    let name: String?
    let line: Int
    private let members: [LocatedMember]
    private(set) var problems: [LocatedProblem] = []
    private var asked: [String] = []

    struct LocatedProblem {
        let line: Int
        let message: String
    }

    init(_ members: [LocatedMember], name: String?, line: Int) {
        self.members = members
        self.name = name
        self.line = line
    }

    private func named(_ key: String) -> String {
        name.map { "\"\(key)\" in \"\($0)\"" } ?? "\"\(key)\""
    }

    mutating func report(_ line: Int, _ message: String) {
        problems.append(LocatedProblem(line: line, message: message))
    }

    mutating func adopt(_ other: ObjectReader) { problems += other.problems }

    // MARK: Members

    mutating func member(_ key: String) -> LocatedMember? {
        asked.append(key)
        return members.first { $0.key == key }
    }

    private mutating func required(_ key: String) -> LocatedMember? {
        let member = member(key)
        if member == nil { report(line, "\(named(key)) is missing") }
        return member
    }

    private mutating func wrong(_ member: LocatedMember, _ expected: String) {
        report(
            member.line,
            "\(named(member.key)) must be \(expected), not \(member.value.content.kind)")
    }

    /// A text of 1 ... 4,096 bytes.
    mutating func text(_ key: String) -> String? {
        required(key).flatMap { text(of: $0) }
    }

    mutating func textIfAny(_ key: String) -> String? {
        member(key).flatMap { text(of: $0) }
    }

    private mutating func text(of member: LocatedMember) -> String? {
        guard case .text(let text) = member.value.content else {
            wrong(member, "a text")
            return nil
        }
        guard 1...4_096 ~= text.utf8.count, !text.utf8.contains(0) else {
            report(member.line, "\(named(member.key)) must have 1 to 4096 bytes, none of them zero")
            return nil
        }
        return text
    }

    mutating func integer(_ key: String, _ range: ClosedRange<Int64>, unit: String) -> Int64? {
        required(key).flatMap { integer(of: $0, range, unit: unit) }
    }

    mutating func integerIfAny(
        _ key: String, _ range: ClosedRange<Int64>, unit: String
    ) -> Int64? {
        member(key).flatMap { integer(of: $0, range, unit: unit) }
    }

    private mutating func integer(
        of member: LocatedMember, _ range: ClosedRange<Int64>, unit: String
    ) -> Int64? {
        let unit = unit.isEmpty ? "" : " " + unit
        let expected = "a whole number of \(range.lowerBound) to \(range.upperBound)\(unit)"
        guard case .integer(let integer) = member.value.content else {
            if case .number(let number) = member.value.content {
                report(member.line, "\(named(member.key)) must be \(expected), not \(number)")
            } else {
                wrong(member, expected)
            }
            return nil
        }
        guard range ~= integer else {
            report(member.line, "\(named(member.key)) must be \(expected), not \(integer)")
            return nil
        }
        return integer
    }

    mutating func list(_ key: String) -> (line: Int, elements: [LocatedValue])? {
        guard let member = required(key) else { return nil }
        guard case .list(let elements) = member.value.content else {
            wrong(member, "a list")
            return nil
        }
        return (member.line, elements)
    }

    mutating func listIfAny(_ key: String) -> (line: Int, elements: [LocatedValue])? {
        member(key) == nil ? nil : list(key)
    }

    /// The members of the object `key`; nil if there is none, or it is something else.
    mutating func object(_ key: String) -> ObjectReader? {
        guard let member = member(key) else { return nil }
        guard case .object(let members) = member.value.content else {
            wrong(member, "an object")
            return nil
        }
        return ObjectReader(members, name: key, line: member.line)
    }

    // MARK: The rest

    /// Reports every key that nobody asked for.
    mutating func finish() {
        for member in members where !asked.contains(member.key) {
            let guess = NearestWord.guess(member.key, among: asked)
            let hint = guess.map { " (did you mean \"\($0)\"?)" } ?? ""
            report(member.line, "unknown key \(named(member.key))\(hint)")
        }
    }
}

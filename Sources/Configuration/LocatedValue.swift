/// A value of a JSON5 document, and the line that it starts on.
struct LocatedValue: Hashable, Sendable {
    enum Content: Hashable, Sendable {
        case null
        case flag(Bool)
        /// A number without fraction that 64 bits hold.
        case integer(Int64)
        case number(Double)
        case text(String)
        case list([LocatedValue])
        case object([LocatedMember])

        /// What it is, in words for people.
        var kind: String {
            switch self {
            case .null: "null"
            case .flag: "true or false"
            case .integer, .number: "a number"
            case .text: "a text"
            case .list: "a list"
            case .object: "an object"
            }
        }
    }

    let content: Content
    /// Counted from 1.
    let line: Int
}

struct LocatedMember: Hashable, Sendable {
    let key: String
    /// Of the key.
    let line: Int
    let value: LocatedValue
}

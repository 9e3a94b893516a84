/// What an operator wants to know of a node of the coordination tree.
public struct ZnodeQuestion: Hashable, Sendable {
    /// What is told beside its stat, which always is.
    public enum Part: String, CaseIterable, Hashable, Sendable {
        case stat
        case data
        case children
    }

    /// As clients write it; the node that is asked says what is wrong with it.
    public var path: String
    public var part: Part

    public init(_ part: Part, of path: String) {
        self.path = path
        self.part = part
    }

    /// Behind the question mark of the request.
    var query: String { "show=\(part.rawValue)&path=\(PercentText.encode(path))" }

    init(query: String) throws(AdminFailure) {
        let fields = query.split(separator: "&", omittingEmptySubsequences: false)
        var texts: [String: String] = [:]
        for field in fields {
            let sides = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2, let text = PercentText.decode(String(sides[1])) else {
                continue
            }
            texts[String(sides[0])] = text
        }
        guard let path = texts["path"] else {
            throw .invalidField("path", expected: "in the query")
        }
        guard let part = texts["show"].flatMap({ Part(rawValue: $0) }) else {
            let known = Part.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalidField("show", expected: "one of \(known) in the query")
        }
        self.init(part, of: path)
    }
}

import Toolbox
public import Vocabulary

/// The answer to `GET /v1/users/me`.
public struct OwnUserAnswer: Hashable, Sendable {
    public var user: UserID
    public var name: String
    public var displayName: String?
    public var email: String?

    public init(user: UserID, name: String, displayName: String? = nil, email: String? = nil) {
        self.user = user
        self.name = name
        self.displayName = displayName
        self.email = email
    }
}

extension OwnUserAnswer: JSONBody {
    func writeMembers(into json: inout JSONWriter) {
        json.member("user", user)
        json.member("name", name)
        json.member("display_name", ifAny: displayName)
        json.member("email", ifAny: email)
    }

    init(from fields: Fields) throws(ErrorReport) {
        self.init(
            user: try fields.identifier("user"), name: try fields.text("name"),
            displayName: try fields.optionalText("display_name"),
            email: try fields.optionalText("email"))
    }
}

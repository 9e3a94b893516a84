import AdminWire
import Gateway
import Membership
import Messages
import Toolbox
import Vocabulary

/// What an operator waits for from the membership group.
enum AdminErrand: Sendable {
    case describeUser
    /// Whose home is asked for by name.
    case findOwner
    case importUser
    case issueToken(device: String)
    case tokenDevice(UserID)
    /// What must be applied here before a question about the coordination tree is answered.
    case inquire(CoordinationInquiries.Subject)
}

struct AdminAnswer: Sendable {
    var status: Int
    var body: Bytes

    init(status: Int, body: Bytes) {
        self.status = status
        self.body = body
    }

    /// Of an answer that is not the one hoped for.
    init(failing answer: GatewayAnswer) {
        let (status, code, message) = Self.describe(answer)
        self.status = status
        body = AdminError(code: code, message: message).encoded()
    }

    private static func describe(_ answer: GatewayAnswer) -> (Int, String, String) {
        switch answer {
        case .failed(.noQuorum): (503, "no_quorum", "the membership group has no leader")
        case .failed(.timeout): (504, "timeout", "no answer in time; it may have happened")
        case .failed(.overloaded): (503, "overloaded", "too much is waiting")
        case .failed(.notReady): (503, "not_ready", "this node has just started")
        case .found(.refused(.notFound)): (404, "not_found", "no such user")
        case .membership(.refused(.nameTaken)): (409, "name_taken", "the name is taken")
        case .membership(.refused(.invalidField(let field))):
            (400, "invalid_field", "\(field) is not as it must be")
        case .membership(let reply): (500, "internal", "unexpected: \(reply)")
        case .found(let found): (500, "internal", "unexpected: \(found)")
        case .message, .page, .heads: (500, "internal", "an answer to another question")
        }
    }
}

extension AdminRequest.Refusal {
    var answer: (status: Int, AdminError) {
        switch self {
        case .unknownPath: (404, AdminError(code: "not_found", message: "no such path"))
        case .otherMethod(let method):
            (405, AdminError(code: "unknown_op", message: "this path takes \(method.rawValue)"))
        case .malformed(let failure):
            (400, AdminError(code: "malformed", message: "\(failure)"))
        }
    }
}

extension ChatStatus.Member.Role {
    init(_ role: ChatRole) {
        switch role {
        case .member: self = .member
        case .admin: self = .admin
        case .owner: self = .owner
        }
    }
}

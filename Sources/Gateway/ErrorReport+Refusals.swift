import ChatWire
import Membership
import Messages

// What a refusal of the machines, or no answer at all, is called in the client protocol.
extension ErrorReport {
    init(_ refusal: MessageRefusal) {
        switch refusal {
        case .notFound: self.init(.notFound, "there is no such chat")
        case .notAllowed: self.init(.notAllowed, "this is not yours to do")
        case .clientIDEarly(let time):
            self.init(.clientIDEarly, "client_id: its time is ahead of the server's")
            self.time = time
        case .clientIDExpired(let time):
            self.init(.clientIDExpired, "client_id: it is older than the server remembers")
            self.time = time
        case .clientIDConflict:
            self.init(.clientIDConflict, "client_id: another message was sent under it")
        case .tooLong:
            self.init(.tooLong, "text: is too long")
            field = "text"
        case .invalidField(let name): self = .invalidField(name, "is not valid")
        case .outOfOrder, .undecodable:
            self.init(.internal, "the cluster misunderstood itself", afterMilliseconds: 1_000)
        }
    }

    init(_ refusal: MembershipRefusal) {
        switch refusal {
        case .nameTaken: self.init(.nameTaken, "name: is taken")
        case .invalidField(let name): self = .invalidField(name, "is not valid")
        case .notFound: self.init(.notFound, "there is no such user or chat")
        case .notAllowed: self.init(.notAllowed, "this is not yours to do")
        case .alreadyMember: self.init(.alreadyMember, "the user is in this chat")
        case .notMember: self.init(.notMember, "the user is not in this chat")
        case .limitReached: self.init(.limitReached, "there is no room for more")
        case .undecodable:
            self.init(.internal, "the cluster misunderstood itself", afterMilliseconds: 1_000)
        }
    }

    init(_ failure: GatewayFailure) {
        switch failure {
        case .noQuorum:
            self.init(
                .noQuorum, "no majority of the servers can be reached", afterMilliseconds: 500)
        case .timeout:
            self.init(
                .timeout, "no answer in time; whether it was done is not known",
                afterMilliseconds: 500)
        case .overloaded:
            self.init(.overloaded, "the servers have too much to do", afterMilliseconds: 1_000)
        case .notReady:
            self.init(.notReady, "this server is starting", afterMilliseconds: 500)
        }
    }

    /// An answer that no question of this kind has: our own fault, told without a stop.
    static var unexpectedAnswer: ErrorReport {
        ErrorReport(.internal, "the cluster misunderstood itself", afterMilliseconds: 1_000)
    }

    static func unknownOperation(_ name: String) -> ErrorReport {
        ErrorReport(.unknownOperation, "there is no operation \(name)")
    }
}

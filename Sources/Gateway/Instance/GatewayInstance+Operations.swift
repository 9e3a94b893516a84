import ChatWire
import Membership
import Toolbox
import Vocabulary

// The table of operations, the same for HTTP and for `call` frames; and where answers go on.
extension GatewayInstance {
    /// Starts an operation. Returns its outcome, or nil if that is still to come.
    ///
    /// - Parameters:
    ///   - key: the caller's Idempotency-Key, empty for none.
    ///   - identity: nil for a stranger.
    mutating func operate(
        _ route: APIRoute, _ body: RequestBody, key: Bytes, by identity: Identity?,
        for asker: Asker
    ) -> Outcome? {
        switch route {
        case .createUser: return createUser(body, for: asker)
        case .openSession: return openSession(body, for: asker)
        case .socket, .unknown: return .refused(.unknownOperation("here"))
        case .gateway, .ownUser, .findUser, .user, .createChat, .chats, .chat, .members, .putMember,
            .removeMember, .postMessage, .messages:
            guard let identity else { return .refused(Self.unauthenticated) }
            return operate(route, body, key: key, by: identity.user, for: asker)
        }
    }

    private mutating func operate(
        _ route: APIRoute, _ body: RequestBody, key: Bytes, by user: UserID, for asker: Asker
    ) -> Outcome? {
        switch route {
        case .gateway: return .body(status: 200, meetingPoint(of: user).encoded())
        case .ownUser: ask(.lookUp(.user(user)), .ownUser(asker))
        case .findUser(let name): return findUser(name: name, for: asker)
        case .user(let other): ask(.lookUp(.user(other)), .describeUser(asker))
        case .createChat: return createChat(body, key: key, by: user, for: asker)
        case .chats(let cursor, let limit):
            listChats(of: user, ChatList(cursor: cursor, limit: limit), for: asker)
        case .chat(let chat):
            ask(.heads(user: user, chats: [chat], since: []), .describeChat(asker))
        case .members(let chat): listMembers(chat, of: user, for: asker)
        case .putMember(let chat, let member):
            return putMember(body, chat, member, by: user, for: asker)
        case .removeMember(let chat, let member):
            removeMember(chat, member, by: user, for: asker)
        case .postMessage(let chat):
            switch body.decode(MessageDraft.self) {
            case .failure(let report): return .refused(report)
            case .success(let draft): post(draft, to: chat, by: user, for: asker)
            }
        case .messages(let chat, let position, let limit):
            readPage(chat, position, limit: limit, of: user, for: asker)
        case .createUser, .openSession, .socket, .unknown:
            return .refused(.unknownOperation("here"))
        }
        return nil
    }

    // MARK: - Answers

    mutating func take(_ answer: GatewayAnswer, for waiting: Pending) {
        switch waiting {
        case .joinChats(let connection): joinChatsFound(answer, connection)
        case .joinHeads(let connection, let stream): joinHeadsFound(answer, connection, stream)
        case .refreshChats(let user): refreshChatsFound(answer, of: user)
        case .refreshHeads(let user): refreshHeadsFound(answer, of: user)
        case .mark: break
        case .registerHash, .register, .logInAccount, .logInVerify, .logInDevice, .findUser,
            .ownUser, .describeUser, .createChat, .presentHead, .changeMembers, .describeChat,
            .members, .post,
            .page, .listChats, .listHeads:
            guard let asker = waiting.asker else { return }
            if let outcome = outcome(of: answer, for: waiting) { finish(asker, outcome) }
        }
    }

    private mutating func outcome(of answer: GatewayAnswer, for waiting: Pending) -> Outcome? {
        switch waiting {
        case .register: registered(answer)
        case .logInAccount(let asker, let request): accountFound(answer, request, for: asker)
        case .logInDevice(_, let user): deviceOpened(answer, user)
        case .findUser: userFound(answer)
        case .describeUser: userDescribed(answer)
        case .ownUser: ownUserFound(answer)
        case .createChat(let asker, let user): chatCreated(answer, by: user, for: asker)
        case .presentHead(_, let chat, let fallback):
            presentHead(answer, chat, fallback: fallback)
        case .changeMembers: membersChanged(answer)
        case .describeChat: chatDescribed(answer)
        case .members: membersListed(answer)
        case .post: posted(answer)
        case .page(_, let chat): pageRead(answer, of: chat)
        case .listChats(let asker, let user, let list):
            listedChats(answer, of: user, list, for: asker)
        case .listHeads(_, let list, let stream): listedHeads(answer, list, stream: stream)
        case .registerHash, .logInVerify, .mark, .joinChats, .joinHeads, .refreshChats,
            .refreshHeads:
            .refused(.unexpectedAnswer)
        }
    }

    mutating func take(_ result: GatewayWorkResult, for waiting: Pending) {
        guard let asker = waiting.asker else { return }
        var outcome: Outcome? = .refused(.unexpectedAnswer)
        if case .registerHash(_, let request) = waiting {
            outcome = passwordHashed(result, request, for: asker)
        } else if case .logInVerify(_, let request, let account) = waiting {
            outcome = passwordVerified(result, request, account, for: asker)
        }
        if let outcome { finish(asker, outcome) }
    }

    /// Tells who asked, and goes on with what waited behind his request.
    mutating func finish(_ asker: Asker, _ outcome: Outcome) {
        switch asker.form {
        case .exchange(let exchange):
            answer(exchange, outcome, on: asker.connection)
            pumpRequests(asker.connection)
            reschedule(asker.connection)
        case .frame, .call:
            answerFrame(asker, outcome)
            pumpFrames(asker.connection)
        }
    }
}

import ChatWire
import Membership
import Messages
import Placement
import Toolbox
import Vocabulary

// Chats: making them, their members, their messages. The same for HTTP and frames.
extension GatewayInstance {
    /// `POST /v1/chats`
    mutating func createChat(
        _ body: RequestBody, key: Bytes, by user: UserID, for asker: Asker
    ) -> Outcome? {
        switch body.decode(ConversationRequest.self) {
        case .failure(let report): return .refused(report)
        case .success(.direct(let other)):
            guard other != user else {
                return .refused(.invalidField("user", "must be somebody else"))
            }
            let command = MembershipCommand.createDirect(actor: user, other: other)
            ask(.decide(command), .createChat(asker, user))
        case .success(.group(let group)):
            let command = MembershipCommand.createGroup(
                CreateGroup(
                    actor: user, title: group.title ?? "", members: group.members,
                    sharesHistory: group.history == .all, reuses: group.isReused, key: key))
            ask(.decide(command), .createChat(asker, user))
        }
        return nil
    }

    mutating func putMember(
        _ body: RequestBody, _ chat: ChatID, _ member: UserID, by user: UserID,
        for asker: Asker
    ) -> Outcome? {
        switch body.decode(MemberRequest.self) {
        case .failure(let report): return .refused(report)
        case .success(let request):
            let role = request.role.map(Membership.MemberRole.init)
            let command = MembershipCommand.setMember(
                actor: user, chat: chat, user: member, role: role)
            ask(.decide(command), .changeMembers(asker))
            return nil
        }
    }

    mutating func removeMember(
        _ chat: ChatID, _ member: UserID, by user: UserID, for asker: Asker
    ) {
        let command = MembershipCommand.removeMember(actor: user, chat: chat, user: member)
        ask(.decide(command), .changeMembers(asker))
    }

    mutating func listMembers(
        _ chat: ChatID, of user: UserID, for asker: Asker
    ) {
        ask(.query(.members(chat: chat, user: user), chat: chat), .members(asker))
    }

    mutating func post(
        _ draft: MessageDraft, to chat: ChatID, by user: UserID, for asker: Asker
    ) {
        let body = MessageBody(
            text: draft.text, replyTo: draft.replyTo, mentions: draft.mentions,
            attachments: draft.attachments)
        let post = Post(
            chat: chat, sender: user, clientID: draft.clientID, body: body, seen: draft.seen)
        ask(.command(.post(post), chat: chat), .post(asker))
    }

    mutating func readPage(
        _ chat: ChatID, _ position: PagePosition, limit: Int, of user: UserID, for asker: Asker
    ) {
        let query = MessageQuery.page(
            chat: chat, user: user, anchor: PageAnchor(position),
            limit: UInt16(clamping: limit))
        ask(.query(query, chat: chat), .page(asker, chat))
    }

    // MARK: - What comes back

    /// A chat that was there is answered with its present head, which takes one more question.
    mutating func chatCreated(
        _ answer: GatewayAnswer, by user: UserID, for asker: Asker
    ) -> Outcome? {
        switch answer {
        case .membership(.settled(let chat, _, let seq, isNew: true)):
            return .body(
                status: 201, ConversationAnswer(chat: chat, seq: seq).encoded())
        case .membership(.settled(let chat, _, let seq, isNew: false)):
            let query = MessageQuery.page(chat: chat, user: user, anchor: .newest, limit: 1)
            ask(
                .query(query, chat: chat), .presentHead(asker, chat, fallback: seq))
            return nil
        case .membership(.refused(let refusal)): return .refused(ErrorReport(refusal))
        case .failed(let failure): return .refused(ErrorReport(failure))
        case .membership, .found, .message, .page, .heads: return .refused(.unexpectedAnswer)
        }
    }

    /// The chat stands whatever became of the question about its head.
    func presentHead(
        _ answer: GatewayAnswer, _ chat: ChatID, fallback: SequenceNumber
    ) -> Outcome {
        var seq = fallback
        if case .page(.page(_, let head)) = answer { seq = max(seq, head) }
        return .body(status: 200, ConversationAnswer(chat: chat, seq: seq).encoded())
    }

    func membersChanged(_ answer: GatewayAnswer) -> Outcome {
        switch answer {
        case .membership(.settled(_, let version, let seq, _)):
            .body(
                status: 200, MemberAnswer(seq: seq, membersVersion: version).encoded())
        case .membership(.refused(let refusal)): .refused(ErrorReport(refusal))
        case .failed(let failure): .refused(ErrorReport(failure))
        case .membership, .found, .message, .page, .heads: .refused(.unexpectedAnswer)
        }
    }

    func membersListed(_ answer: GatewayAnswer) -> Outcome {
        switch answer {
        case .page(.members(let version, let members)):
            let rows = members.map {
                MembersAnswer.Member(user: $0.user, role: ChatWire.MemberRole($0.role))
            }
            return .body(
                status: 200, MembersAnswer(members: rows, membersVersion: version).encoded())
        case .page(.refused(let refusal)): return .refused(ErrorReport(refusal))
        case .failed(let failure): return .refused(ErrorReport(failure))
        case .page, .membership, .found, .message, .heads: return .refused(.unexpectedAnswer)
        }
    }

    mutating func posted(_ answer: GatewayAnswer) -> Outcome {
        switch answer {
        case .message(.posted(let posted)):
            var receipt = SendReceipt(seq: posted.seq, ord: posted.ord, time: posted.time)
            receipt.isDuplicate = posted.isDuplicate
            receipt.offline = posted.isDuplicate ? nil : offline(among: posted.recipients)
            counters.sent += 1
            return .sent(receipt)
        case .message(.refused(let refusal)): return .refused(ErrorReport(refusal))
        case .failed(let failure): return .refused(ErrorReport(failure))
        case .message, .membership, .found, .page, .heads: return .refused(.unexpectedAnswer)
        }
    }

    func pageRead(_ answer: GatewayAnswer, of chat: ChatID) -> Outcome {
        switch answer {
        case .page(.page(let entries, let head)):
            let frames = entries.map { EntryFrame($0, chat: chat) }
            return .page(EntryPage(entries: frames, head: head))
        case .page(.refused(let refusal)): return .refused(ErrorReport(refusal))
        case .failed(let failure): return .refused(ErrorReport(failure))
        case .page, .membership, .found, .message, .heads: return .refused(.unexpectedAnswer)
        }
    }

    /// Who of `recipients` has no session; nil where one of them has his home elsewhere.
    private func offline(among recipients: [UserID]) -> [UserID]? {
        guard !recipients.isEmpty else { return nil }
        guard presenceKnownAt <= now.monotonic else { return nil }
        guard recipients.allSatisfy({ ring.owner(of: $0) == node }) else { return nil }
        // Mostly all of them, and then nothing is copied.
        return recipients.contains(where: home.isPresent)
            ? recipients.filter { !home.isPresent($0) } : recipients
    }
}

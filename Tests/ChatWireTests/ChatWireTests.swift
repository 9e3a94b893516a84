import ChatWire
import Testing
import Toolbox
import Vocabulary

/// Values that the tests of this room share.
enum Sample {
    static let idText = "01912d68-783e-7a03-8467-5661c1243ad4"
    static let clientID = ClientMessageID(high: 0x0191_2D68_783E_7A03, low: 0x8467_5661_C124_3AD4)

    static func draft() -> MessageDraft {
        var draft = MessageDraft(clientID: clientID, text: "hé \"x\"\n", seen: SequenceNumber(4))
        draft.replyTo = SequenceNumber(2)
        draft.mentions = [UserID(7), UserID(8)]
        draft.attachments = ["31"]
        return draft
    }

    static func entry() -> EntryFrame {
        var entry = EntryFrame(
            chat: ChatID(4), seq: SequenceNumber(12), ord: 9, time: WallTime(milliseconds: 1_700),
            from: UserID(7), kind: .message)
        entry.digest = 0xAB
        entry.clientID = clientID
        entry.text = "hello"
        return entry
    }

    static func fullEntry() -> EntryFrame {
        var entry = entry()
        entry.target = SequenceNumber(3)
        entry.users = [UserID(1), UserID(.max)]
        entry.hasMore = true
        entry.replyTo = SequenceNumber(1)
        entry.mentions = [UserID(5)]
        entry.attachments = ["9"]
        entry.edited = SequenceNumber(11)
        entry.emoji = "👍"
        entry.isOn = false
        entry.role = .admin
        entry.title = "A \\ B"
        entry.bodyHash = 0xFF
        return entry
    }

    static func welcome() -> Welcome {
        var welcome = Welcome(
            session: ClientSessionID(3), user: UserID(7), device: DeviceID(2), node: NodeID(1),
            time: WallTime(milliseconds: 1_700), cursor: "abc")
        welcome.id = .number(1)
        welcome.ringEpoch = RingEpoch(5)
        return welcome
    }

    static func receipt() -> SendReceipt {
        SendReceipt(seq: SequenceNumber(12), ord: 9, time: WallTime(milliseconds: 1_700))
    }

    static func head() -> ConversationHead {
        var head = ConversationHead(
            chat: ChatID(4), kind: .group, title: "T", head: SequenceNumber(12), ord: 9,
            read: SequenceNumber(10))
        head.unread = 2
        head.membersVersion = 3
        head.last = entry()
        return head
    }
}

@Suite("The closed list of errors")
struct ErrorCodeTests {
    @Test(
        "each code has its status and advice",
        arguments: [
            ("malformed", 400, "no"), ("unknown_op", 400, "no"), ("invalid_field", 400, "no"),
            ("unauthenticated", 401, "no"), ("token_expired", 401, "no"),
            ("wrong_credentials", 401, "no"), ("not_allowed", 403, "no"), ("not_found", 404, "no"),
            ("name_taken", 409, "no"), ("client_id_conflict", 409, "no"),
            ("already_member", 409, "no"), ("not_member", 409, "no"),
            ("already_friends", 409, "no"),
            ("limit_reached", 409, "no"), ("client_id_early", 409, "no"),
            ("client_id_expired", 409, "no"), ("too_long", 413, "no"), ("too_large", 413, "no"),
            ("wrong_node", 421, "elsewhere"), ("rate_limited", 429, "same"),
            ("no_quorum", 503, "same"), ("not_ready", 503, "same"), ("overloaded", 503, "same"),
            ("timeout", 504, "same"), ("internal", 500, "same"),
        ])
    func knowsStatus(name: String, status: Int, retry: String) throws {
        let code = try #require(ErrorCode(rawValue: name))
        #expect(code.status == status)
        #expect(code.retry.rawValue == retry)
    }

    @Test("there are no others")
    func isClosed() {
        #expect(ErrorCode.allCases.count == 25)
    }

    @Test("a report is written with its advice, and read back")
    func encodesReports() throws {
        var report = ErrorReport(.clientIDEarly, "too early", afterMilliseconds: 5)
        report.url = "ws://x"
        report.time = WallTime(milliseconds: 9)
        #expect(
            report.encoded().text
                == #"{"code":"client_id_early","message":"too early","retry":"no","#
                + #""after_ms":5,"url":"ws://x","time":9}"#)
        #expect(try ErrorReport(decoding: report.encoded()) == report)
    }
}

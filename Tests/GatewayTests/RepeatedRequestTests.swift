import ChatWire
import Gateway
import HTTPWire
import Messages
import Testing
import Toolbox
import Vocabulary

@Suite("Requests whose head comes again")
struct RepeatedRequestTests {
    static let target = "/v1/chats/4/messages"
    static let body = #"{"client_id":"01890a5d-ac96-774b-bcce-b302099a8057","text":"hi"}"#

    @Test("what was granted ends with the token")
    func expiry() throws {
        var rig = Rig()
        let client = rig.connect()
        let token = Rig.token(Rig.user(0), expires: Rig.wallStart + 2_000)
        for _ in 0..<2 {
            try rig.request(.post, Self.target, body: Self.body, token: token, on: client)
            #expect(rig.asked.count == 1)
            rig.answer(.failed(.overloaded))
            #expect(try rig.response(on: client)?.status == 503)
        }
        rig.pass(.seconds(3))
        try rig.request(.post, Self.target, body: Self.body, token: token, on: client)
        #expect(rig.asked.isEmpty)
        #expect(try rig.response(on: client)?.status == 401)
    }

    @Test("another token is another user, and none is a stranger")
    func others() throws {
        var rig = Rig()
        let client = rig.connect()
        for number in [0, 0, 1, 0] {
            let user = Rig.user(number)
            try rig.request(
                .post, Self.target, body: Self.body, token: Rig.token(user), on: client)
            guard case .command(.post(let post), _) = try #require(rig.asked.first).question else {
                Issue.record("no post was asked for")
                return
            }
            #expect(post.sender == user)
            rig.answer(.failed(.overloaded))
            #expect(try rig.response(on: client)?.status == 503)
        }
        for _ in 0..<2 {
            try rig.request(.post, Self.target, body: Self.body, on: client)
            #expect(rig.asked.isEmpty)
            #expect(try rig.response(on: client)?.status == 401)
        }
    }
}

import ChatWire
import ClientCore
import Testing
import Toolbox
import Vocabulary

@Suite("HTTP calls of clients")
struct HTTPCallTests {
    private static let address = ServerAddress(host: "n1", port: 8_081)

    @Test("a call is a request with its token, key and body")
    func writes() {
        var call = HTTPCall.createChat(.direct(with: UserID(8)), token: "t.k")
        call.idempotencyKey = "k1"
        #expect(
            call.encoded(for: Self.address).text
                == "POST /v1/chats HTTP/1.1\r\nAuthorization: Bearer t.k\r\nIdempotency-Key: k1\r\n"
                + "Content-Type: application/json\r\nHost: n1:8081\r\nContent-Length: 28\r\n\r\n"
                + #"{"kind":"direct","user":"8"}"#)
        #expect(
            HTTPCall(.removeMember(ChatID(4), UserID(7)), token: "t").encoded(for: Self.address)
                .text
                == "DELETE /v1/chats/4/members/7 HTTP/1.1\r\nAuthorization: Bearer t\r\n"
                + "Host: n1:8081\r\n\r\n")
        #expect(
            HTTPCall(.findUser(name: "a é")).encoded(for: Self.address).text
                == "GET /v1/users?name=a%20%C3%A9 HTTP/1.1\r\nHost: n1:8081\r\n\r\n")
    }

    @Test("answers come in the order of their calls, in any pieces")
    func reads() throws {
        var caller = HTTPCaller(to: Self.address)
        _ = caller.write(.createUser(UserRequest(name: "a", password: "p")))
        _ = caller.write(.openSession(SessionRequest(name: "a", password: "x")))
        let stream = Bytes(
            "HTTP/1.1 201 Created\r\nContent-Length: 12\r\n\r\n{\"user\":\"7\"}"
                + "HTTP/1.1 401 Unauthorized\r\nContent-Length: 61\r\nConnection: close\r\n\r\n"
                + #"{"code":"wrong_credentials","message":"no","retry":"no"}     "#)
        var answers: [HTTPAnswer] = []
        for offset in 0..<stream.count {
            answers += try caller.receive(stream.slice(offset..<offset + 1))
        }
        #expect(caller.outstandingCount == 0)
        #expect(answers.map(\.status) == [201, 401])
        #expect(answers.map(\.keepsConnection) == [true, false])
        #expect(try answers[0].decoded(as: UserAnswer.self).user == UserID(7))
        do throws(ErrorReport) {
            _ = try answers[1].decoded(as: SessionAnswer.self)
            Issue.record("took a refusal")
        } catch {
            #expect(error.code == .wrongCredentials)
        }
    }

    @Test(
        "what is no answer is malformed",
        arguments: [
            "garbage\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n"
                + "Content-Length: 0\r\n\r\n",
        ])
    func refuses(text: String) {
        var caller = HTTPCaller(to: Self.address)
        _ = caller.write(HTTPCall(.gateway))
        #expect(throws: ErrorReport.self) { try caller.receive(Bytes(text)) }
    }
}

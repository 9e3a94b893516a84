import ChatWire
import Testing
import Toolbox
import Vocabulary

@Suite("Plain sends")
struct PlainSendTests {
    private static let id = #""client_id":"018bcfe5-6800-7000-8000-000000000001""#

    private static func decode(_ members: String) -> ClientFrame? {
        do throws(FrameFailure) {
            return try ClientFrame.decode(Bytes("{\(members)}"))
        } catch {
            return nil
        }
    }

    /// A member that nobody knows leads to the general decoder: it must say the same.
    @Test(
        "are read the same way in one walk and in general",
        arguments: [
            #""op":"send","id":1,"chat":"12",\#(id),"text":"hello""#,
            #""op":"send","id":1,"chat":"12",\#(id),"text":"h\u00e4 \"ö\" \n€","seen":4"#,
            #""op":"send","text":"","seen":0,\#(id),"chat":"18446744073709551615","id":-7"#,
            #" "op" : "send" , "id" : 9007199254740991 , "chat":"1", \#(id) ,"text":"x" "#,
        ])
    func same(_ members: String) throws {
        let plain = try #require(Self.decode(members))
        let general = try #require(Self.decode(members + #","unknown":[1]"#))
        #expect(plain == general)
        guard case .send = plain else {
            Issue.record("\(plain)")
            return
        }
    }

    @Test(
        "with something wrong are refused as ever",
        arguments: [
            #""op":"send","id":1,"id":2,"chat":"12",\#(id),"text":"x""#,
            #""op":"send","op":"send","id":1,"chat":"12",\#(id),"text":"x""#,
            #""op":"send","id":1,"chat":"12","chat":"13",\#(id),"text":"x""#,
            #""op":"send","id":1,"chat":"12",\#(id),\#(id),"text":"x""#,
            #""op":"send","id":1,"chat":"12",\#(id),"text":"x","text":"y""#,
            #""op":"send","id":1,"chat":"12",\#(id),"text":"x","seen":1,"seen":2"#,
            #""op":"send","id":1,"chat":"12",\#(id),"text":"x","seen":-1"#,
            #""op":"send","id":9007199254740992,"chat":"12",\#(id),"text":"x""#,
            #""op":"send","id":1,"chat":12,\#(id),"text":"x""#,
            #""op":"send","id":1,"chat":"12",\#(id)"#,
            #""op":"send","chat":"12",\#(id),"text":"x""#,
        ])
    func wrong(_ members: String) {
        #expect(Self.decode(members) == nil)
    }
}

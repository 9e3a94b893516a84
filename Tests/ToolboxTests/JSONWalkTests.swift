import Testing
import Toolbox

@Suite("Walking over an object")
struct JSONWalkTests {
    private static func seen(_ text: String, until stop: Bytes = "none") -> (Bool?, [String]) {
        var seen: [String] = []
        do throws(JSONFailure) {
            let isWhole = try JSONValue.walk(Bytes(text)) { key, value in
                seen.append("\(key.text ?? "?")=\(value.encoded().text ?? "?")")
                return key != stop
            }
            return (isWhole, seen)
        } catch {
            return (nil, seen)
        }
    }

    @Test("members are met in their order, with their values")
    func order() {
        let (isWhole, seen) = Self.seen(#" { "b" : 1, "a":"x\ny","c":[1,{"d":null}] } "#)
        #expect(isWhole == true)
        #expect(seen == ["b=1", #"a="x\ny""#, #"c=[1,{"d":null}]"#])
    }

    @Test("an empty object is whole; what is no object is not")
    func noObject() {
        #expect(Self.seen("{}").0 == true)
        #expect(Self.seen("[1]").0 == false)
        #expect(Self.seen("7").0 == false)
    }

    @Test("the walk ends where it is told to")
    func stops() {
        let (isWhole, seen) = Self.seen(#"{"a":1,"b":2,"c":3}"#, until: "b")
        #expect(isWhole == false)
        #expect(seen == ["a=1", "b=2"])
    }

    @Test(
        "what is not JSON is a failure",
        arguments: [
            "", "{", #"{"a""#, #"{"a":}"#, #"{"a":1,}"#, #"{"a":1}x"#, #"{"a":01}"#, "{'a':1}",
        ])
    func broken(_ text: String) {
        #expect(Self.seen(text).0 == nil)
    }
}

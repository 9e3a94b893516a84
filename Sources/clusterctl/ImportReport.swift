import Toolbox
import Vocabulary

/// What became of one line of a file of accounts.
struct ImportReport: Hashable {
    /// Counted from 1.
    let line: Int
    /// Nil where the line could not be read.
    var name: String?
    /// Nil where it failed.
    var user: UserID?
    var problem: String?

    var text: String {
        let who = name.map { " \($0)" } ?? ""
        let what = user.map { "imported as \($0)" } ?? "failed: \(problem ?? "for no known reason")"
        return "line \(line):\(who) \(what)\n"
    }

    var json: String {
        var json = JSONWriter()
        json.beginObject()
        json.member("line", Int64(line))
        json.member("name", ifAny: name)
        json.member("user", ifAny: user?.digits)
        json.member("problem", ifAny: problem)
        json.endObject()
        return json.take().line
    }
}

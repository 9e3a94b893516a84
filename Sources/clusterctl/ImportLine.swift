import AdminWire
import Toolbox

/// One line of a file of accounts.
enum ImportLine: Hashable {
    case account(UserImport)
    /// Empty, or a remark.
    case nothing
    /// What is wrong with it. Never quotes the line: a password may stand in it.
    case wrong(String)

    /// Reads `{"name": …, "display_name": …, "hash": …}`, or the three separated by tabs, or by
    /// colons as in `passwd(5)`.
    init(_ line: Substring) {
        let first = line.first { !$0.isWhitespace }
        guard let first, first != "#" else {
            self = .nothing
            return
        }
        self = first == "{" ? Self.readJSON(line) : Self.readFields(line)
    }

    private static func readJSON(_ line: Substring) -> ImportLine {
        do throws(AdminFailure) {
            return checked(try UserImport.decode(Bytes(String(line))))
        } catch {
            return .wrong("\(error)")
        }
    }

    private static func readFields(_ line: Substring) -> ImportLine {
        let separator: Character = line.contains("\t") ? "\t" : ":"
        guard let first = line.firstIndex(of: separator),
            let last = line.lastIndex(of: separator), first < last
        else {
            return .wrong("three fields are needed: name, display name, hash, separated by tabs")
        }
        let name = String(line[..<first])
        let displayName = String(line[line.index(after: first)..<last])
        return checked(
            UserImport(
                name: name, displayName: displayName.isEmpty ? name : displayName,
                hash: String(line[line.index(after: last)...])))
    }

    private static func checked(_ account: UserImport) -> ImportLine {
        guard !account.name.isEmpty else { return .wrong("the name is empty") }
        guard isHash(account.hash) else {
            return .wrong("no crypt(3) hash such as $y$j9T$...: hash passwords first")
        }
        return .account(account)
    }

    /// `$` kind `$` more, of what crypt(5) writes: a password in clear must not get into a log.
    private static func isHash(_ text: String) -> Bool {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        let kinds = ["y", "gy", "7", "2a", "2b", "2x", "2y", "6", "5", "sha1", "md5", "1"]
        guard parts.count >= 4, parts[0].isEmpty, kinds.contains(String(parts[1])) else {
            return false
        }
        // Source: crypt(5) — hashes are printable ASCII without space : ; * ! \.
        return text.utf8.count >= 20
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !":;*!\\".utf8.contains($0) }
    }
}

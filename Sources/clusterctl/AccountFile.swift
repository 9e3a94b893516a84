public import AdminWire
import SystemIO
public import Toolbox

/// A file of accounts: one JSON object a line.
public enum AccountFile {
    static func read(_ file: String) throws(ControlFailure) -> [UserImport] {
        let bytes: Bytes
        do throws(SystemCallFailure) {
            bytes = file == "-" ? try readStandardInput() : try OpenFile(file, .read).readAll()
        } catch {
            throw .usage("\(error)")
        }
        return try parse(bytes, file: file)
    }

    /// - Parameter file: for messages.
    public static func parse(_ bytes: Bytes, file: String) throws(ControlFailure) -> [UserImport] {
        var accounts: [UserImport] = []
        let lines = bytes.array.split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let isBlank = line.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
            if isBlank { continue }
            do throws(AdminFailure) {
                accounts.append(try UserImport.decode(Bytes(Array(line))))
            } catch {
                throw .usage("\(file):\(index + 1): \(error)")
            }
        }
        return accounts
    }

    /// A pipe has no size to ask for.
    private static func readStandardInput() throws(SystemCallFailure) -> Bytes {
        var text = ""
        while let line = readLine(strippingNewline: false) { text += line }
        return Bytes(text)
    }
}

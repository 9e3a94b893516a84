import Toolbox

/// The character classes and small rules of RFC 9110 §5.6 and RFC 3986.
enum HTTPGrammar {
    static let carriageReturn = UInt8(ascii: "\r")
    static let lineFeed = UInt8(ascii: "\n")

    static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        let lowered = byte | 0x20
        return isDigit(byte) || (lowered >= UInt8(ascii: "a") && lowered <= UInt8(ascii: "z"))
    }

    /// `tchar` of RFC 9110 §5.6.2.
    static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"),
            UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "_"),
            UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default: isLetterOrDigit(byte)
        }
    }

    static func isToken(_ bytes: Bytes) -> Bool {
        !bytes.isEmpty && bytes.withUnsafeBytes { $0.allSatisfy(isTokenByte) }
    }

    /// What may stand in a field's value: no control character but the tab.
    static func isValueByte(_ byte: UInt8) -> Bool {
        (byte >= 0x20 && byte != 0x7F) || byte == UInt8(ascii: "\t")
    }

    static func isWhiteSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    /// `unreserved` and `sub-delims` of RFC 3986 §2: what stands for itself in every part of a URI.
    static func isPlainURIByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"),
            UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "'"),
            UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "+"),
            UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "="):
            true
        default: isLetterOrDigit(byte)
        }
    }

    static func hexadecimalValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// `bytes` without spaces and tabs at both ends.
    static func trimmed(_ bytes: Bytes) -> Bytes {
        var (start, end) = (0, bytes.count)
        while start < end, isWhiteSpace(bytes[start]) { start += 1 }
        while end > start, isWhiteSpace(bytes[end - 1]) { end -= 1 }
        return bytes.slice(start..<end)
    }

    /// `host [":" port]` of RFC 3986 §3.2, not empty, without user information.
    static func isAuthority(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        var host = bytes[...]
        if let colon = bytes.lastIndex(of: UInt8(ascii: ":")), bytes.last != UInt8(ascii: "]") {
            guard bytes[(colon + 1)...].allSatisfy(isDigit) else { return false }
            host = bytes[..<colon]
        }
        if host.first == UInt8(ascii: "["), host.last == UInt8(ascii: "]"), host.count > 2 {
            return host.dropFirst().dropLast().allSatisfy {
                isPlainURIByte($0) || $0 == UInt8(ascii: ":")
            }
        }
        return !host.isEmpty && host.allSatisfy { isPlainURIByte($0) || $0 == UInt8(ascii: "%") }
    }

    /// Whether two names are equal but for the case of ASCII letters.
    static func areEqualIgnoringCase(_ left: String, _ right: String) -> Bool {
        left.utf8.count == right.utf8.count
            && left.utf8.elementsEqual(right.utf8) { lowered($0) == lowered($1) }
    }

    private static func lowered(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }
}

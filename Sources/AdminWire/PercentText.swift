import Toolbox

/// Text inside a URL. Source: RFC 3986 §2.1.
enum PercentText {
    static func encode(_ text: String) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                result.append(byte)
            default:
                result.append(UInt8(ascii: "%"))
                result.append(contentsOf: HexDigits.encode([byte]).utf8)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Nil where a percent sign is not followed by two digits, or the bytes are not UTF-8.
    static func decode(_ text: String) -> String? {
        let bytes = Bytes(text)
        var result: [UInt8] = []
        var offset = 0
        while offset < bytes.count {
            guard bytes[offset] == UInt8(ascii: "%") else {
                result.append(bytes[offset])
                offset += 1
                continue
            }
            guard offset + 3 <= bytes.count,
                let digits = bytes.slice(offset + 1..<offset + 3).text,
                let decoded = HexDigits.decode(digits)
            else { return nil }
            result.append(decoded[0])
            offset += 3
        }
        return Bytes(result).text
    }
}

import Toolbox

/// The fields of a DIGEST-MD5 token: `name=value, name="quoted value"`.
///
/// Source: RFC 2831 §7.1. A field that comes twice makes the token worthless (§2.1.2).
struct DigestFields {
    private var fields: [(name: Bytes, value: Bytes)] = []
    /// More than any client sends.
    private static let fieldsMaximum = 32

    subscript(name: Bytes) -> Bytes? { fields.first { $0.name == name }?.value }

    /// Nil for what is no such token.
    init?(_ token: Bytes) {
        let bytes = token.array
        var offset = 0
        while true {
            Self.skipSeparators(bytes, &offset)
            guard offset < bytes.count else { return }
            guard fields.count < Self.fieldsMaximum,
                let name = Self.name(bytes, &offset), self[name] == nil,
                let value = Self.value(bytes, &offset)
            else { return nil }
            fields.append((name, value))
        }
    }

    private static func skipSeparators(_ bytes: [UInt8], _ offset: inout Int) {
        while offset < bytes.count, isSeparator(bytes[offset]) { offset += 1 }
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    private static func name(_ bytes: [UInt8], _ offset: inout Int) -> Bytes? {
        let start = offset
        while offset < bytes.count, bytes[offset] != UInt8(ascii: "=") { offset += 1 }
        guard offset < bytes.count, offset > start else { return nil }
        offset += 1
        return Bytes(Array(bytes[start..<offset - 1]))
    }

    private static func value(_ bytes: [UInt8], _ offset: inout Int) -> Bytes? {
        guard offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") else {
            let start = offset
            while offset < bytes.count, !isSeparator(bytes[offset]) { offset += 1 }
            return Bytes(Array(bytes[start..<offset]))
        }
        var value: [UInt8] = []
        offset += 1
        while offset < bytes.count, bytes[offset] != UInt8(ascii: "\"") {
            if bytes[offset] == UInt8(ascii: "\\") { offset += 1 }
            guard offset < bytes.count else { return nil }
            value.append(bytes[offset])
            offset += 1
        }
        guard offset < bytes.count else { return nil }
        offset += 1
        return Bytes(value)
    }
}

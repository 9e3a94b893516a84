internal import Toolbox

/// An address of IPv4 or IPv6, or all that share its first bits: `10.0.0.0/8`, `fe80::1`.
struct AddressBlock: Hashable, Sendable {
    /// 4 or 16.
    let octets: [UInt8]
    let bits: Int

    /// Nil if it is no such text.
    init?(_ text: Bytes) {
        let bytes = text.array
        let slash = bytes.firstIndex(of: UInt8(ascii: "/"))
        let address = bytes[..<(slash ?? bytes.count)]
        guard let octets = Self.version4(address) ?? Self.version6(address) else { return nil }
        self.octets = octets
        guard let slash else {
            bits = octets.count * 8
            return
        }
        guard let bits = Self.number(bytes[(slash + 1)...], radix: 10, digitsMaximum: 3),
            bits <= octets.count * 8
        else { return nil }
        self.bits = bits
    }

    func contains(_ other: AddressBlock) -> Bool {
        guard octets.count == other.octets.count else { return false }
        for index in 0..<octets.count {
            let left = min(max(bits - index * 8, 0), 8)
            let mask = left == 0 ? 0 : UInt8(truncatingIfNeeded: 0xFF << (8 - left))
            if octets[index] & mask != other.octets[index] & mask { return false }
        }
        return true
    }

    private static func version4(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var octets: [UInt8] = []
        for part in parts {
            guard let value = number(part, radix: 10, digitsMaximum: 3), value < 256 else {
                return nil
            }
            octets.append(UInt8(value))
        }
        return octets
    }

    private static func version6(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let colon = UInt8(ascii: ":")
        var gap: Int?
        var head = text
        var tail: ArraySlice<UInt8> = []
        for index in text.indices.dropLast() where text[index] == colon && text[index + 1] == colon
        {
            guard gap == nil else { return nil }
            gap = index
        }
        if let gap {
            head = text[..<gap]
            tail = text[(gap + 2)...]
        }
        guard let before = groups(head), let behind = groups(tail) else { return nil }
        let missing = 16 - before.count - behind.count
        guard gap == nil ? missing == 0 : missing >= 2 else { return nil }
        return before + [UInt8](repeating: 0, count: missing) + behind
    }

    private static func groups(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard !text.isEmpty else { return [] }
        var octets: [UInt8] = []
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count <= 8 else { return nil }
        for part in parts {
            guard let value = number(part, radix: 16, digitsMaximum: 4) else { return nil }
            octets.append(UInt8(value >> 8))
            octets.append(UInt8(value & 0xFF))
        }
        return octets
    }

    private static func number(
        _ text: ArraySlice<UInt8>, radix: Int, digitsMaximum: Int
    ) -> Int? {
        guard !text.isEmpty, text.count <= digitsMaximum else { return nil }
        var value = 0
        for byte in text {
            let digit: Int
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = Int(byte) - 48
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = Int(byte) - 87
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = Int(byte) - 55
            default: return nil
            }
            guard digit < radix else { return nil }
            value = value * radix + digit
        }
        return value
    }
}
